"""Opens the frozen vectors with other libraries than the product's.

Written from the format descriptions, shares no code with the crates. Run from anywhere:

    python3 -m venv .venv && .venv/bin/pip install -r tests/python/requirements.txt
    .venv/bin/python tests/python/check_vectors.py

Prints "N passed, 0 failed" and ends with 0, or names each failure and ends with 1.
"""

import hashlib
import json
import pathlib
import re
import sys
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
PREFIX = b"dossierkluis/1/"
NIL = bytes(32)
passed, failures = 0, []


def check(name, holds):
    global passed
    if holds:
        passed += 1
    else:
        failures.append(name)


def refuses(name, errors, action):
    try:
        action()
    except errors:
        check(name, True)
    else:
        check(name, False)


def load(name):
    return json.loads((VECTORS / name).read_text())


def h(text):
    return bytes.fromhex(text)


def be(number, length):
    return number.to_bytes(length, "big")


def domain(name):
    return PREFIX + name.encode()


def hashed(name, *parts):
    return hashlib.sha256(domain(name) + b"".join(be(len(part), 8) + part for part in parts)).digest()


def hkdf(secret, name):
    return HKDF(hashes.SHA256(), 32, None, domain(name)).derive(secret)


def key_id(key):
    return hkdf(key, "key-id")[:16]


# --- strict CBOR -------------------------------------------------------------------------------------------------


class NotCanonical(Exception):
    pass


def cbor_item(data, at):
    if at >= len(data):
        raise NotCanonical("short")
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if low == 22:
            return None, at
        raise NotCanonical("simple")
    if low < 24:
        value = low
    elif low <= 27:
        length = 1 << (low - 24)
        if at + length > len(data):
            raise NotCanonical("short")
        value = int.from_bytes(data[at : at + length], "big")
        at += length
        if value < {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[length]:
            raise NotCanonical("overlong")
    else:
        raise NotCanonical("indefinite")
    if major == 0:
        return value, at
    if major in (2, 3):
        if at + value > len(data):
            raise NotCanonical("short")
        content = bytes(data[at : at + value])
        return (content if major == 2 else content.decode()), at + value
    if major == 4:
        items = []
        for _ in range(value):
            item, at = cbor_item(data, at)
            items.append(item)
        return items, at
    raise NotCanonical("type")


def cbor(data):
    value, at = cbor_item(data, 0)
    if at != len(data):
        raise NotCanonical("trailing")
    return value


def cbor_head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for code, length in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << (8 * length):
            return bytes([major << 5 | code]) + be(value, length)
    raise ValueError(value)


def to_cbor(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return cbor_head(0, value)
    if isinstance(value, bytes):
        return cbor_head(2, len(value)) + value
    if isinstance(value, str):
        return cbor_head(3, len(value.encode())) + value.encode()
    return cbor_head(4, len(value)) + b"".join(to_cbor(item) for item in value)


# --- ciphers -----------------------------------------------------------------------------------------------------


def aes_block(key, block):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right))


def xaes_key(key, nonce):
    doubled = int.from_bytes(aes_block(key, bytes(16)), "big") << 1
    if doubled >> 128:
        doubled = (doubled ^ 0b10000111) & ((1 << 128) - 1)
    mask = be(doubled, 16)
    return b"".join(aes_block(key, xor(bytes([0, n, 0x58, 0]) + nonce[:12], mask)) for n in (1, 2))


def xaes_seal(key, nonce, aad, plaintext):
    return AESGCM(xaes_key(key, nonce)).encrypt(nonce[12:], plaintext, aad)


def xaes_open(key, nonce, aad, sealed):
    return AESGCM(xaes_key(key, nonce)).decrypt(nonce[12:], sealed, aad)


def xaes_open_with_nonce(key, aad, data):
    return xaes_open(key, data[:24], aad, data[24:])


def verify(public_key, name, account, message, signature):
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature, domain(name) + account + message)


def raw_public(private_key):
    return private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def xwing_keys(seed):
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


def xwing_public(seed):
    lattice, curve = xwing_keys(seed)
    return lattice.public_key().public_bytes_raw() + raw_public(curve)


def xwing_open(seed, enc):
    lattice, curve = xwing_keys(seed)
    lattice_secret = lattice.decapsulate(enc[:1088])
    curve_secret = curve.exchange(X25519PublicKey.from_public_bytes(enc[1088:]))
    return hashlib.sha3_256(lattice_secret + curve_secret + enc[1088:] + raw_public(curve) + b"\\.//^\\").digest()


def hpke_open(seed, enc, info, aad, sealed):
    """RFC 9180 section 5.1, mode base, KEM X-Wing, HKDF-SHA256, AES-256-GCM."""
    suite = b"HPKE" + be(0x647A, 2) + be(1, 2) + be(2, 2)

    def extract(salt, label, ikm):
        return HKDF.extract(hashes.SHA256(), salt or bytes(32), b"HPKE-v1" + suite + label + ikm)

    def expand(secret, label, context, length):
        info = be(length, 2) + b"HPKE-v1" + suite + label + context
        return HKDFExpand(hashes.SHA256(), length, info).derive(secret)

    shared = xwing_open(seed, enc)
    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, sealed, aad)


# --- padding -----------------------------------------------------------------------------------------------------


def padded_length(total):
    for bucket in (256, 512, 1024, 2048, 4096, 8192):
        if total <= bucket:
            return bucket
    exponent = total.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return (total + step - 1) // step * step


def unpad(padded, sizes=None):
    length = int.from_bytes(padded[:4], "big")
    if 4 + length > len(padded) or any(padded[4 + length :]):
        raise ValueError("padding")
    if len(padded) not in (sizes or [padded_length(4 + length)]):
        raise ValueError("size")
    return padded[4 : 4 + length]


# --- records -----------------------------------------------------------------------------------------------------


class Record:
    def __init__(self, data):
        if not 62 + 24 + 52 + 24 + 16 + 64 <= len(data) <= 256 * 1024 or data[0] != 1 or data[1] not in (1, 2, 3):
            raise ValueError("shape")
        self.data, self.lane = data, data[1]
        self.device = int.from_bytes(data[2:4], "big")
        self.incarnation, self.seq = data[4:12], int.from_bytes(data[12:16], "big")
        self.prev, self.position = data[16:48], int.from_bytes(data[48:52], "big")
        self.chain_hash, route_length = data[52:60], int.from_bytes(data[60:62], "big")
        if (route_length - 52) % 22:
            raise ValueError("route length")
        self.route_end = 86 + route_length
        body = len(data) - self.route_end - 24 - 16 - 64
        if body <= 0 or padded_length(body) != body:
            raise ValueError("body length")

    def verify(self, account, key):
        verify(key, "record-signature", account, self.data[:-64], self.data[-64:])

    def route(self, account, key):
        aad = domain("record-route") + account + self.data[:62]
        return xaes_open(key, self.data[62:86], aad, self.data[86 : self.route_end])

    def body(self, account, key):
        aad = domain("record-body") + account + self.data[: self.route_end]
        return unpad(xaes_open_with_nonce(key, aad, self.data[self.route_end : -64]))


def route_fields(data):
    seen, rest = [], data[36:]
    for at in range(0, len(rest), 22):
        part = rest[at : at + 22]
        seen.append([int.from_bytes(part[:2], "big"), part[2:10].hex(), int.from_bytes(part[10:14], "big"), part[14:].hex()])
    if len(seen) != data[35]:
        raise ValueError("seen")
    return {"kind": data[0], "doc": data[1:17].hex(), "generation": int.from_bytes(data[17:19], "big"), "key": data[19:35].hex(), "seen": seen}


def body_fields(data):
    version, made_at, deps, changes, unopened, content = cbor(data)
    if version != 1:
        raise ValueError("version")
    return {
        "version": version,
        "made_at": made_at,
        "deps": [item.hex() for item in deps],
        "change_hashes": [item.hex() for item in changes],
        "unopened": [item.hex() for item in unopened],
        "content": content.hex(),
    }


def check_records():
    file = load("record.json")
    account = h(file["account"])
    for case in file["cases"]:
        name = f"record {case['name']}"
        record = Record(h(case["bytes"]))
        record.verify(account, h(file["verify_key"]))
        outer = {
            "format": 1, "lane": record.lane, "device": record.device, "incarnation": record.incarnation.hex(),
            "seq": record.seq, "prev": record.prev.hex(), "position": record.position, "chain_hash": record.chain_hash.hex(),
        }
        check(f"{name}: outer", outer == case["outer"])
        check(f"{name}: route", route_fields(record.route(account, h(file["route_key"]))) == case["route"])
        check(f"{name}: body", body_fields(record.body(account, h(file["body_key"]))) == case["body"])
        check(f"{name}: hash", hashed("record-hash", account, record.data).hex() == case["hash"])
        for place in range(0, len(record.data), 37):
            damaged = bytearray(record.data)
            damaged[place] ^= 1
            refuses(f"{name}: flipped byte {place}", (ValueError, InvalidSignature), lambda: Record(bytes(damaged)).verify(account, h(file["verify_key"])))


def check_domains():
    file = load("domain.json")
    table = list(file["table"].values())
    check("domains: prefix", all(text.encode().startswith(PREFIX) for text in table))
    check("domains: prefix-free", not any(a != b and b.startswith(a) for a in table for b in table) and len(set(table)) == len(table))
    check("domains: hash", hashed("record-hash", b"een", b"", b"twee").hex() == file["hash_of_een_empty_twee_as_record_hash"])


def check_padding():
    file = load("padding.json")
    for content, padded in file["content_and_padded_length"]:
        check(f"padding of {content}", padded_length(content + 4) == padded)
    check("padding: tekst", unpad(h(file["tekst"])) == b"tekst")
    for why, data in file["refused"].items():
        refuses(f"padding: {why}", ValueError, lambda: unpad(h(data)))


# --- account chain -----------------------------------------------------------------------------------------------

RECOVERY = 0xFFFF


def chain_hash(data):
    return hashed("chain-hash", data)


def verify_entry(data, account, key):
    fields = cbor(data)
    verify(key, "chain-signature", account, to_cbor(fields[:6]), fields[6])
    return fields


def check_chain():
    file = load("chain.json")
    entries = [h(entry) for entry in file["entries"]]
    account = h(file["account"])
    check("chain: account is the genesis hash", chain_hash(entries[0]) == account)
    seeds = {entry["device"]: [h(entry["hpke_seed"])] for entry in file["devices"]}
    seeds[0].append(h(file["device_0_fresh_hpke_seed"]))
    seeds[RECOVERY] = [h(file["recovery_hpke_seed"]), h(file["new_recovery_hpke_seed"])]
    epoch_keys = [h(key) for key in file["epoch_keys"]]
    check("chain: epoch key ids", [key_id(key).hex() for key in epoch_keys] == file["epoch_key_ids"])
    devices, revoked, recovery, epoch, kinds = {}, set(), None, -1, []
    prev, prevs = NIL, []

    def open_seal(name, seal, number, inside):
        recipient, suite, enc, sealed = seal
        check(f"{name}: suite", suite == 1)
        info = domain("seal-epoch") + (account if inside != NIL else NIL) + inside + be(recipient, 2)
        aad = be(number, 4) + key_id(epoch_keys[number])
        opened = []
        for seed in seeds[recipient]:
            try:
                opened.append(hpke_open(seed, enc, info, aad, sealed))
            except InvalidTag:
                pass
        check(f"{name}: seal of epoch {number} to {recipient}", opened == [epoch_keys[number]])

    def start(name, body, expected):
        nonlocal epoch
        number, identity, seals = body[:3]
        previous = body[3] if len(body) > 3 else None
        check(f"{name}: epoch follows", number == epoch + 1)
        check(f"{name}: key id", identity == key_id(epoch_keys[number]))
        check(f"{name}: recipients", [seal[0] for seal in seals] == expected)
        for seal in seals:
            open_seal(name, seal, number, prev)
        if previous is not None:
            aad = domain("wrap-epoch") + account + be(number, 4) + key_id(epoch_keys[number - 1])
            check(f"{name}: previous", xaes_open_with_nonce(epoch_keys[number], aad, previous) == epoch_keys[number - 1])
        epoch = number

    for index, data in enumerate(entries):
        fields = cbor(data)
        form, number, named, kind, body, signer, _ = fields
        name = f"chain entry {index}"
        kinds.append(kind)
        check(f"{name}: form, index, prev", (form, number, named) == (1, index, prev))
        check(f"{name}: canonical", to_cbor(fields) == data)
        if kind == 0x81:
            _, device, recovery, first = cbor(body)
            verify_entry(data, NIL, device[0])
            devices[0] = device
            start(name, first, [0, RECOVERY])
        else:
            check(f"{name}: signer is active", signer == RECOVERY or (signer in devices and signer not in revoked))
            verify_entry(data, account, recovery[0] if signer == RECOVERY else devices[signer][0])
            if kind == 0x82:
                device, card, number, seal = cbor(body)
                devices[device] = card
                open_seal(name, seal, number, prev)
            elif kind == 0x83:
                device, cuts, begin = cbor(body)
                revoked.add(device)
                check(f"{name}: cut", [len(part) for part in (cuts[0][0], cuts[0][2])] == [8, 32])
                start(name, begin, sorted(set(devices) - revoked) + [RECOVERY])
            elif kind == 0x84:
                start(name, cbor(body), sorted(set(devices) - revoked) + [RECOVERY])
            elif kind == 0x85:
                suite, public, number, seal = cbor(body)
                check(f"{name}: fresh key", public == xwing_public(h(file["device_0_fresh_hpke_seed"])))
                open_seal(name, seal, number, prev)
            elif kind == 0x86:
                recovery, add, revokes, begin, refused = cbor(body)
                revoked.update(device for device, _ in revokes)
                devices[add[0]] = add[1]
                check(f"{name}: refused", refused == [b"\x66" * 32])
                start(name, begin, sorted(set(devices) - revoked) + [RECOVERY])
            elif kind == 0x87:
                check(f"{name}: erase", cbor(body) == [2, b"\xee" * 48])
            elif kind == 0x88:
                check(f"{name}: minimum format", cbor(body) == [1])
            else:
                check(f"{name}: unknown and not critical", kind < 0x80)
        prevs.append(prev)
        prev = chain_hash(data)
    check("chain: head", prev == h(file["head"]))
    check("chain: each kind", set(kinds) == {0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x33})
    for device, card in devices.items():
        check(f"chain: public key of device {device}", card[2] == xwing_public(seeds[device][0]))
    check("chain: public key of recovery", recovery[2] == xwing_public(seeds[RECOVERY][1]))

    fork, at = h(file["fork"]["entry"]), file["fork"]["index"]
    fields = verify_entry(fork, account, devices[1][0])
    check("chain: the fork stands on the same entry", fields[2] == prevs[at] and fields[1] == at and fork != entries[at])
    check("chain: fork hash", chain_hash(fork).hex() == file["fork"]["hash"])


# --- keys --------------------------------------------------------------------------------------------------------


def optional_client(client):
    return b"\x01" + client if client is not None else bytes(17)


def check_keybox():
    file = load("keybox.json")
    account, epoch_key = h(file["account"]), h(file["epoch_key"])
    derived = [hkdf(epoch_key, name).hex() for name in ("epoch-route-key", "epoch-body-key", "epoch-draft-key")]
    check("keybox: derived from the epoch key", derived == file["epoch_derived_route_body_draft"])
    client_keys, document_keys, unknown = {}, [], []
    for code, data in cbor(h(file["content"])):
        if code == 1:
            client, version, epoch, identity, wrapped = cbor(data)
            aad = domain("wrap-client") + account + optional_client(client) + be(version, 4) + be(epoch, 4) + identity
            key = xaes_open_with_nonce(epoch_key, aad, wrapped)
            check("keybox: client key commitment", key_id(key) == identity)
            client_keys[identity] = key
        elif code == 2:
            doc, kind, client, year, generation, identity, version, under, wrapped = cbor(data)
            aad = domain("wrap-document") + account + doc + be(kind, 1) + optional_client(client)
            aad += (b"\x01" + be(year, 2) if year is not None else bytes(3)) + be(generation, 2) + identity + be(version, 4) + under
            key = xaes_open_with_nonce(client_keys[under], aad, wrapped)
            check("keybox: document key commitment", key_id(key) == identity)
            refuses("keybox: another place", InvalidTag, lambda: xaes_open_with_nonce(client_keys[under], aad[:-1] + b"!", wrapped))
            document_keys.append(key)
        else:
            unknown.append(code)
    check("keybox: client keys", [key.hex() for key in client_keys.values()] == file["client_keys"])
    check("keybox: document keys", [key.hex() for key in document_keys] == file["document_keys"])
    check("keybox: unknown entry kept", unknown == [77])
    pairs = [[hkdf(key, name).hex() for name in ("document-body-key", "document-snapshot-key")] for key in document_keys]
    check("keybox: derived from the document keys", pairs == file["document_derived_body_snapshot"])


def passphrase_bytes(typed):
    spaced = "".join(" " if unicodedata.category(symbol) == "Zs" else symbol for symbol in typed)
    return unicodedata.normalize("NFC", spaced.strip(" ")).encode()


def open_slot(data, passphrase):
    form, kind, account, device = data[0], data[1], data[2:34], int.from_bytes(data[34:36], "big")
    memory, passes, lanes = (int.from_bytes(data[at : at + 4], "big") for at in (36, 40, 44))
    salt, commitment, sealed, digest = data[48:64], data[64:96], data[96:-8], data[-8:]
    if (form, kind) != (1, 1) or hashed("slot-digest", data[:-8])[:8] != digest:
        raise ValueError("slot")
    key = hash_secret_raw(passphrase, salt, passes, memory, lanes, 32, Type.ID)
    if hkdf(key, "slot-commitment") != commitment:
        raise PermissionError("wrong passphrase")
    aad = domain("slot-bundle") + account + data[:96]
    return memory, passes, device, key, xaes_open_with_nonce(hkdf(key, "slot-seal-key"), aad, sealed)


def check_bundle():
    file = load("bundle.json")
    passphrase = passphrase_bytes(file["typed"])
    check("bundle: passphrase bytes", passphrase == h(file["passphrase"]))
    for slot in file["slots"]:
        name = f"bundle at {slot['memory_kib']} KiB"
        memory, passes, device, key, bundle = open_slot(h(slot["slot"]), passphrase)
        check(f"{name}: parameters", (memory, passes, device) == (slot["memory_kib"], slot["passes"], slot["device"]))
        check(f"{name}: slot key", key.hex() == slot["slot_key"])
        check(f"{name}: layout", len(bundle) == 97 and bundle[0] == 1)
        signing, seed, device_secret = bundle[1:33], bundle[33:65], bundle[65:97]
        check(f"{name}: verify key", raw_public(Ed25519PrivateKey.from_private_bytes(signing)).hex() == slot["verify_key"])
        check(f"{name}: HPKE key", xwing_public(seed).hex() == slot["hpke_key"])
        check(f"{name}: local key", hkdf(device_secret, "device-local-key").hex() == slot["local_key"])
    cheapest = h(file["slots"][0]["slot"])
    refuses("bundle: wrong passphrase", PermissionError, lambda: open_slot(cheapest, b"een ander wachtwoord"))
    refuses("bundle: damage", ValueError, lambda: open_slot(cheapest[:50] + b"!" + cheapest[51:], passphrase))
    for pair in file["same_passphrase"]:
        check("bundle: two ways to type", {passphrase_bytes(typed) for typed in pair["typed"]} == {h(pair["bytes"])})


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def parse_code(typed):
    digits = []
    for symbol in typed.upper():
        if symbol.isspace() or symbol == "-":
            continue
        digits.append(ALPHABET.index({"O": "0", "I": "1", "L": "1"}.get(symbol, symbol)))
    if len(digits) != 28:
        raise ValueError("length")
    number = 0
    for digit in digits[:26]:
        number = number * 32 + digit
    if number % 1021 != digits[26] * 32 + digits[27] or number % 4:
        raise ValueError("check")
    return be(number >> 2, 16)


def check_recovery():
    file = load("recovery.json")
    for code in file["codes"]:
        data = parse_code(code["text"])
        check("recovery: code", data.hex() == code["bytes"])
        signing, seed = hkdf(data, "recovery-signing"), hkdf(data, "recovery-hpke")
        check("recovery: seeds", [signing.hex(), seed.hex()] == [code["signing_seed"], code["hpke_seed"]])
        check("recovery: verify key", raw_public(Ed25519PrivateKey.from_private_bytes(signing)).hex() == code["verify_key"])
        check("recovery: HPKE key", xwing_public(seed).hex() == code["hpke_key"])
    check("recovery: typed loosely", parse_code(file["first_typed_loosely"]).hex() == file["codes"][0]["bytes"])
    for bad in file["refused"]:
        refuses(f"recovery: {bad['why']}", ValueError, lambda: parse_code(bad["typed"]))


# --- pairing -----------------------------------------------------------------------------------------------------


def open_pairing(code, place, sealed):
    key = hkdf(code, "pair-key-to-new" if place == 2 else "pair-key-to-old")
    commitment = sealed[:32]
    if hkdf(key, "key-id") != commitment:
        raise ValueError("commitment")
    aad = domain("pair-message") + hkdf(code, "pair-box")[:16] + be(place, 1) + commitment
    return xaes_open_with_nonce(key, aad, sealed[32:])


def check_pairing():
    file = load("pairing.json")
    for case in file["cases"]:
        name = f"pairing of {case['name']}"
        first, second, third = messages = [h(message) for message in case["messages"]]
        code = hashed("pair-code", first)[:16]
        check(f"{name}: code", code.hex() == case["code"])
        check(f"{name}: typed", parse_code(case["text"]) == code and len(case["text"].split()) == 7)
        check(f"{name}: box", hkdf(code, "pair-box")[:16].hex() == case["box"])
        card = [h(case["verify_key"]), case["suite"], h(case["hpke_key"])]
        offer = [1, card, h(case["salt"]), hashed("pair-commit", h(case["random"])), case["name"]]
        check(f"{name}: offer", to_cbor(offer) == first)
        invite = [h(case["account"]), case["origin"], case["chain_len"], h(case["chain_head"]), case["device"]]
        check(f"{name}: invite", to_cbor(invite) == second)
        check(f"{name}: proof", to_cbor([h(case["random"])]) == third)
        for place, (sealed, message) in enumerate(zip(case["sealed"], messages), 1):
            sealed = h(sealed)
            check(f"{name}: message {place}", open_pairing(code, place, sealed) == message)
            other = 2 if place != 2 else 1
            refuses(f"{name}: message {place} at {other}", ValueError, lambda: open_pairing(code, other, sealed))
            refuses(f"{name}: message {place}, other code", ValueError, lambda: open_pairing(bytes(16), place, sealed))
        refuses(f"{name}: message 1 at 3", InvalidTag, lambda: open_pairing(code, 3, h(case["sealed"][0])))
        number = int.from_bytes(hashed("pair-digits", code, *messages)[:8], "big") % 10_000
        check(f"{name}: digits", f"{number:04}" == "".join(str(digit) for digit in case["digits"]))
    for case in load("parting.json")["cases"]:
        name = f"parting of {case['code']}"
        parting = hashed("pair-code", h(case["code"]))[:16]
        check(f"{name}: code", parting.hex() == case["parting"])
        check(f"{name}: box", hkdf(parting, "pair-box")[:16].hex() == case["box"])


# --- access log, drafts, local rows ------------------------------------------------------------------------------


def audit_lines(data):
    first, link, entries, after = cbor(data)
    place, lines = first, []
    for code, fields in entries:
        if code == 1:
            salt, line = fields
            fields = cbor(line)
            if fields[0] != place:
                raise ValueError("number")
            lines.append(fields)
            inner = hashed("audit-line", salt, line)
        else:
            (inner,) = fields
        link = hashed("audit-link", link, inner)
        place += 1
    if link != after:
        raise ValueError("link")
    return cbor(data)[1], after, lines


def check_audit():
    file = load("audit.json")
    start = hashed("audit-start", h(file["account"]), be(file["device"], 2), h(file["incarnation"]))
    check("audit: start", start == h(file["start"]))
    before, after, lines = audit_lines(h(file["whole"]))
    check("audit: five lines", (before, after, len(lines)) == (start, h(file["end"]), 5))
    before, after, lines = audit_lines(h(file["line_3_removed"]))
    check("audit: one removed, same end", (before, after, len(lines)) == (start, h(file["end"]), 4))
    refuses("audit: one cut out", ValueError, lambda: audit_lines(h(file["line_3_cut_out"])))


def check_draft():
    file = load("draft.json")
    data, account, epoch_key = h(file["bytes"]), h(file["account"]), h(file["epoch_key"])
    header = b"\x01" + account + be(file["device"], 2) + be(file["slot"], 1) + h(file["incarnation"]) + be(file["counter"], 8) + key_id(epoch_key)
    check("draft: header", data[:68] == header)
    verify(h(file["verify_key"]), "draft-signature", account, data[:-64], data[-64:])
    opened = xaes_open_with_nonce(hkdf(epoch_key, "epoch-draft-key"), domain("draft-body") + account + header, data[68:-64])
    check("draft: text", unpad(opened, [4096, 16384]) == h(file["text"]))


def check_local():
    file = load("local.json")
    data, store = h(file["bytes"]), file["store"].encode()
    aad = domain("local-row") + h(file["account"]) + b"\x01" + be(len(store), 8) + store
    check("local: format", data[0] == 1)
    check("local: row", xaes_open_with_nonce(h(file["local_key"]), aad + h(file["row"]), data[1:]) == h(file["plaintext"]))
    refuses("local: another row", InvalidTag, lambda: xaes_open_with_nonce(h(file["local_key"]), aad + b"nee", data[1:]))


# --- frames between device and relay -----------------------------------------------------------------------------

# A number is a fixed count of bytes; "u…" an integer; ("bytes", most), ("list", most, item), ("maybe", item), ("one of", values);
# a list of fields stands one after the other.
U8, U16, U32, U64, BOOL = "u1", "u2", "u4", "u8", ("one of", [0, 1])
RECORD, ENTRY, DRAFT, MESSAGE = ("bytes", 1 << 18), ("bytes", 1 << 14), ("bytes", 16556), ("bytes", 4096)
TIP, BRANCH, PLACED = [U32, 32], [8, U32, 32], [U64, RECORD]
PLACE = ("one of", [1, 2, 3])
TO_RELAY = {
    0x01: [32, 32, 64, BOOL],
    0x02: [32, ("bytes", 64), ("list", 4096, ENTRY)],
    0x03: [("list", 256, RECORD)],
    0x04: [U64, U32],
    0x05: [U32],
    0x06: [32, ENTRY],
    0x07: [DRAFT],
    0x08: [],
    0x09: [("list", 3, [U16, 8, U32])],
    0x0A: [16, PLACE, 16, MESSAGE],
    0x0B: [16, PLACE, 16],
}
TO_DEVICE = {
    0x41: [32, 16, U64, ("one of", [0, 1, 2]), "origin"],
    0x42: [U16, TIP, U64, U64, U64, ("list", 256, BRANCH)],
    0x43: [U16, "refusal"],
    0x44: [("list", 256, [32, U64])],
    0x45: [U64, ("list", 1024, PLACED)],
    0x46: [PLACED],
    0x47: [U64],
    0x48: [TIP, ("list", 4096, ENTRY)],
    0x49: [TIP],
    0x4A: [TIP],
    0x4B: [U8, U64],
    0x4C: [BOOL, ("list", 64, DRAFT)],
    0x4D: [DRAFT],
    0x4E: [("list", 3, ("maybe", RECORD))],
    0x4F: [],
    0x50: [MESSAGE],
    0x51: [U32],
}
REFUSALS = {code: [] for code in (3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 21, 22, 23, 24)}
REFUSALS |= {1: [U8], 2: [U32], 8: [ENTRY], 13: [TIP], 15: [BRANCH], 16: [BRANCH], 17: [U64, U64], 18: [U32], 19: [U32], 20: [U64]}
REFUSALS |= {25: [U64], 26: [U8]}


def wire_take(data, at, length):
    if at + length > len(data):
        raise ValueError("short")
    return data[at : at + length], at + length


def wire_number(data, at, length):
    content, at = wire_take(data, at, length)
    return int.from_bytes(content, "big"), at


def wire_bytes(data, at, most):
    length, at = wire_number(data, at, 4)
    if length > most:
        raise ValueError("length")
    return wire_take(data, at, length)


def wire_field(kind, data, at):
    if isinstance(kind, int):
        content, at = wire_take(data, at, kind)
        return content.hex(), at
    if isinstance(kind, list):
        values = []
        for field in kind:
            value, at = wire_field(field, data, at)
            values.append(value)
        return values, at
    if kind == "origin":
        content, at = wire_bytes(data, at, 255)
        if not re.fullmatch(rb"https?://[a-z0-9.:\[\]_-]+", content):
            raise ValueError("origin")
        return content.hex(), at
    if kind == "refusal":
        code, at = wire_number(data, at, 2)
        detail, at = wire_bytes(data, at, 4 + (1 << 14))
        return [code, wire_whole(REFUSALS[code], detail)], at
    if isinstance(kind, str):
        return wire_number(data, at, int(kind[1:]))
    if kind[0] == "bytes":
        content, at = wire_bytes(data, at, kind[1])
        return content.hex(), at
    if kind[0] == "list":
        count, at = wire_number(data, at, 2)
        if count > kind[1]:
            raise ValueError("count")
        return wire_field([kind[2]] * count, data, at)
    value, at = wire_number(data, at, 1)
    if value not in (kind[1] if kind[0] == "one of" else (0, 1)):
        raise ValueError("value")
    if kind[0] == "one of":
        return value, at
    return wire_field(kind[1], data, at) if value else (None, at)


def wire_whole(kinds, data):
    values, at = wire_field(kinds, data, 0)
    if at != len(data):
        raise ValueError("trailing")
    return values


def wire_frame(table, data):
    (form, code, request), _ = wire_field([U8, U8, U32], data, 0)
    if form != 1:
        raise ValueError("format")
    return code, request, wire_whole(table[code], data[6:])


def check_wire():
    file = load("wire.json")
    for table, frames in ((TO_RELAY, file["to_relay"]), (TO_DEVICE, file["to_device"] + file["refusals"])):
        check("wire: every type", {frame["type"] for frame in frames} == set(table))
        for frame in frames:
            data, name = h(frame["bytes"]), f"wire: type {frame['type']:#x}"
            check(name, wire_frame(table, data) == (frame["type"], file["request"], frame["fields"]))
            for end in range(len(data)):
                refuses(f"{name} cut at {end}", ValueError, lambda: wire_frame(table, data[:end]))
            refuses(f"{name} with a byte more", ValueError, lambda: wire_frame(table, data + b"\0"))
    check("wire: every refusal", {frame["fields"][1][0] for frame in file["refusals"]} == set(REFUSALS))
    for table, name in ((TO_RELAY, "refused_by_relay"), (TO_DEVICE, "refused_by_device")):
        for why, data in file[name].items():
            refuses(f"wire: {why}", ValueError, lambda: wire_frame(table, h(data)))
    account, key, signature, _ = file["to_relay"][0]["fields"]
    challenge, origin = h(file["hello"]["challenge"]), file["hello"]["origin"].encode()
    verify(h(key), "hello", h(account), challenge + origin, h(signature))
    elsewhere = challenge + b"https://andere.example"
    refuses("wire: hello elsewhere", InvalidSignature, lambda: verify(h(key), "hello", h(account), elsewhere, h(signature)))


# --- what must be refused ----------------------------------------------------------------------------------------


def check_negative():
    file = load("negative.json")
    account, key = h(file["account"]), h(file["verify_key"])
    route_key, body_key = h(file["route_key"]), h(file["body_key"])
    Record(h(file["good_record"])).verify(account, key)
    for why, data in file["record_shape"].items():
        refuses(f"negative: record {why}", ValueError, lambda: Record(h(data)))
    for why, data in file["record_signature"].items():
        refuses(f"negative: record {why}", InvalidSignature, lambda: Record(h(data)).verify(account, key))
    for why, data in file["record_route_opens_body_does_not"].items():
        record = Record(h(data))
        record.verify(account, key)
        record.route(account, route_key)
        refuses(f"negative: record {why}", InvalidTag, lambda: record.body(account, body_key))
    for why, data in file["record_route_does_not_open"].items():
        record = Record(h(data))
        record.verify(account, key)
        refuses(f"negative: record {why}", InvalidTag, lambda: record.route(account, route_key))
    for why, data in file["body"].items():
        refuses(f"negative: body {why}", (NotCanonical, ValueError), lambda: body_fields(h(data)))
    for why, data in file["chain_entry"].items():
        refuses(f"negative: chain entry {why}", NotCanonical, lambda: cbor(h(data)))
    prime = 2**255 - 19
    for point in file["small_order"]["points"]:
        y = (int.from_bytes(h(point), "little") & (2**255 - 1)) % prime
        check("negative: the point has small order", has_small_order(y, prime))


def has_small_order(y, prime):
    """Doubles three times by y alone: y(2P) from y(P), as x² follows from the curve equation."""
    d = -121665 * pow(121666, -1, prime) % prime
    for _ in range(3):
        y2 = y * y % prime
        x2 = (y2 - 1) * pow(d * y2 + 1, -1, prime) % prime
        product = d * x2 * y2 % prime
        y = (y2 + x2) * pow(1 - product, -1, prime) % prime
    return y == 1


def check_external():
    file = load("external/xaes.json")
    for vector in file["vectors"]:
        parts = [h(vector[name]) for name in ("key", "nonce", "aad", "plaintext")]
        check("XAES-256-GCM: published vector", xaes_seal(*parts).hex() == vector["ciphertext"])
    iterations = file["accumulated"]["iterations"]
    stream, at, digest = hashlib.shake_128(b"").digest(iterations * 570), 0, hashlib.shake_128()

    def read(length):
        nonlocal at
        at += length
        return stream[at - length : at]

    for _ in range(iterations):
        key, nonce = read(32), read(24)
        plaintext = read(read(1)[0])
        aad = read(read(1)[0])
        digest.update(xaes_seal(key, nonce, aad, plaintext))
    check("XAES-256-GCM: accumulated vector", digest.digest(32).hex() == file["accumulated"]["hash"])
    for vector in load("external/xwing.json")["vectors"]:
        seed = h(vector["sk"])
        check("X-Wing: public key", xwing_public(seed).hex() == vector["pk"])
        check("X-Wing: shared secret", xwing_open(seed, h(vector["ct"])).hex() == vector["ss"])


def main():
    groups = [
        check_external, check_domains, check_padding, check_records, check_chain, check_keybox, check_bundle,
        check_recovery, check_pairing, check_audit, check_draft, check_local, check_wire, check_negative,
    ]
    for group in groups:
        try:
            group()
        except Exception as error:
            failures.append(f"{group.__name__}: {type(error).__name__} {error}")
    for failure in failures:
        print(f"failed: {failure}")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
