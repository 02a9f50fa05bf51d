//! How many of something each has at once, and that none has more than allowed: connections of an address, in memory only.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderName};

/// Who connects, as far as a limit goes: an IPv4 address, or the /64 network of an IPv6 one, which is one customer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl Place {
    /// `None` for this machine itself: there a proxy stands for everybody.
    pub(crate) fn of(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            address if address.is_loopback() => None,
            IpAddr::V4(address) => Some(Self::V4(address.octets())),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Some(Self::V6([a, b, c, d, e, f, g, h]))
            }
        }
    }

    /// Who a proxy says it is: the last address of the last header of that name. What stands before it anybody may write.
    pub(crate) fn told(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let last = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        let last = last.rsplit(',').next()?.trim();
        let with_port = || {
            last.parse()
                .map(|address: std::net::SocketAddr| address.ip())
        };
        let address = last.parse().or_else(|_| with_port()).ok()?;
        Self::of(address)
    }
}

/// Counts by a key.
#[derive(Debug)]
pub(crate) struct Crowd<K: Ord> {
    max: usize,
    counts: Mutex<BTreeMap<K, usize>>,
}

/// Counts for as long as it is there.
#[derive(Debug)]
pub(crate) struct Seat<K: Ord> {
    crowd: Arc<Crowd<K>>,
    key: K,
}

impl<K: Ord + Copy> Crowd<K> {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            counts: Mutex::default(),
        })
    }

    /// One more, or `None` when the key has all it may have.
    pub(crate) fn enter(self: &Arc<Self>, key: K) -> Option<Seat<K>> {
        let mut counts = self.counts();
        let count = counts.get(&key).copied().unwrap_or(0);
        if count >= self.max {
            return None;
        }
        counts.insert(key, count + 1);
        Some(Seat {
            crowd: self.clone(),
            key,
        })
    }
}

impl<K: Ord> Crowd<K> {
    fn counts(&self) -> MutexGuard<'_, BTreeMap<K, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Ord> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut counts = self.crowd.counts();
        match counts.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn place(address: &str) -> Option<Place> {
        Place::of(address.parse().unwrap())
    }

    #[test]
    fn a_key_gets_its_places_back_and_is_forgotten() {
        let crowd = Crowd::new(2);
        let first = crowd.enter(1).unwrap();
        let second = crowd.enter(1).unwrap();
        assert!(crowd.enter(1).is_none());
        assert!(crowd.enter(2).is_some(), "another is not held up");
        drop(first);
        let third = crowd.enter(1).unwrap();
        assert!(crowd.enter(1).is_none());
        drop((second, third));
        assert!(crowd.counts().is_empty());
    }

    #[test]
    fn a_network_of_one_customer_is_one_place_and_this_machine_is_none() {
        assert_eq!(place("2001:db8:1:2::3"), place("2001:db8:1:2:ffff::4"));
        assert_ne!(place("2001:db8:1:2::3"), place("2001:db8:1:3::3"));
        assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
        assert_ne!(place("192.0.2.2"), place("192.0.2.1"));
        for here in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(place(here), None);
        }
    }

    #[test]
    fn of_a_proxys_header_only_its_own_word_counts() {
        let name = HeaderName::from_static("x-forwarded-for");
        let mut headers = HeaderMap::new();
        let told = |headers: &HeaderMap| Place::told(headers, &name);
        assert_eq!(told(&headers), None);
        headers.append(&name, "192.0.2.9".parse().unwrap());
        headers.append(&name, "192.0.2.8, 192.0.2.1".parse().unwrap());
        assert_eq!(told(&headers), place("192.0.2.1"));
        headers.append(&name, "192.0.2.1, [2001:db8::1]:443".parse().unwrap());
        assert_eq!(told(&headers), place("2001:db8::1"));
        headers.append(&name, "192.0.2.1, somebody".parse().unwrap());
        assert_eq!(told(&headers), None);
    }
}
