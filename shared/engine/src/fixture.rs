//! Large invented vaults, made by the engine itself: for the bench and the browser tests.

use dossier::edit::{
    CareKind, ClientInput, ContactKind, DocumentKind, Edit, Funding, IdentityInput,
    MeasurementInput, MeasurementKind, PlanningInput, Profession, ProfileInput, VisitInput,
};
use dossier::id::{ClientId, EntryId};
use rand_core::CryptoRng;

use crate::command::{Command, Failure, Reply};
use crate::kdf::Kdf;
use crate::store::Store;
use crate::vault::{BulkYear, Now, Vault};

/// Passphrase of every fixture.
pub const PASSPHRASE: &str = "zeven gele klompen naast de sluis";

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// How large a vault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Clients.
    pub clients: u32,
    /// Signed visits of all clients together.
    pub visits: u32,
    /// Years back from now.
    pub years: u16,
    /// Visits of the first client.
    pub largest: u32,
    /// Every client is seen in each of the years; otherwise client n is seen in the last `1 + n % years`.
    pub is_even: bool,
}

impl Size {
    /// 500 clients and 40,000 visits over 20 years; the first client has 7,300 of them.
    pub const BIG: Self = Self {
        clients: 500,
        visits: 40_000,
        years: 20,
        largest: 7_300,
        is_even: false,
    };
    /// 200 clients over 5 years with 20,000 visits.
    pub const SMALL: Self = Self {
        clients: 200,
        visits: 20_000,
        years: 5,
        largest: 1_825,
        is_even: true,
    };
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Clients in the order they were made; the first one is the largest.
    pub clients: Vec<ClientId>,
    /// Visits signed.
    pub visit_count: u32,
}

/// Makes a vault with [`PASSPHRASE`] on an empty store and fills it; leaves it open.
///
/// # Errors
/// What the engine answers.
pub async fn make<S: Store, K: Kdf>(
    vault: &mut Vault<S, K>,
    size: &Size,
    now: Now,
    rng: &mut impl CryptoRng,
) -> Result<Filled, Failure> {
    set_up(vault, now, rng).await?;
    let mut filled = Filled {
        clients: Vec::new(),
        visit_count: 0,
    };
    for number in 0..size.clients {
        let client = ClientId(crypto::make_bytes(rng));
        let years = years(size, number, now);
        filled.visit_count += years
            .iter()
            .map(|year| u32::try_from(year.visits.len()).unwrap_or_default())
            .sum::<u32>();
        let first_at = years
            .first()
            .and_then(|year| year.visits.first())
            .map_or(now.ms, |(at, _)| *at);
        let made_at = first_at - DAY_MS;
        let edits = client_edits(client, number, made_at, rng);
        vault
            .add_in_bulk((made_at, edits), client, years, now.ms, rng)
            .await?;
        filled.clients.push(client);
    }
    Ok(filled)
}

async fn set_up<S: Store, K: Kdf>(
    vault: &mut Vault<S, K>,
    now: Now,
    rng: &mut impl CryptoRng,
) -> Result<(), Failure> {
    let groups = match vault.handle(Command::BeginSetup, now, rng).await {
        Reply::RecoveryCode { groups, ask } => ask.map(|number| {
            (
                number,
                groups
                    .get(usize::from(number) - 1)
                    .cloned()
                    .unwrap_or_default(),
            )
        }),
        Reply::Failed(failure) => return Err(failure),
        _ => return Err(Failure::Internal),
    };
    let profile = ProfileInput {
        name: "Marijke van der Veen".to_owned(),
        profession: Some(Profession::Nurse),
        agb: "91012345".to_owned(),
        agb_practice: String::new(),
    };
    let finish = Command::FinishSetup {
        profile,
        passphrase: PASSPHRASE.to_owned(),
        groups,
    };
    match vault.handle(finish, now, rng).await {
        Reply::Open => Ok(()),
        Reply::Failed(failure) => Err(failure),
        _ => Err(Failure::Internal),
    }
}

const FIRST_NAMES: [&str; 12] = [
    "Greet",
    "Ahmed",
    "Wilhelmina",
    "Jan",
    "Fatima",
    "Cornelis",
    "Anneke",
    "Piet",
    "Rosa",
    "Dirk",
    "Zoë",
    "Hendrik",
];
const INFIXES: [&str; 6] = ["", "van der", "de", "", "van 't", "ten"];
const LAST_NAMES: [&str; 16] = [
    "Janssen",
    "Berg",
    "Amrani",
    "Vries",
    "Hooft",
    "Müller-Visser",
    "Bakker",
    "Boer",
    "Groot",
    "Koning",
    "Dijkstra",
    "Yılmaz",
    "Kate",
    "Jong",
    "Hagen",
    "Wiersma",
];
const STREETS: [&str; 5] = [
    "Molenweg",
    "Dorpsstraat",
    "Kerkplein",
    "Lindelaan",
    "Havenkade",
];
const DONE: [&str; 6] = [
    "Geholpen met wassen en aankleden",
    "Steunkousen aangetrokken, medicatie aangereikt",
    "Wond verzorgd en verband verwisseld volgens voorschrift",
    "Geholpen met douchen; samen koffie gedronken",
    "Insuline toegediend, bloedsuiker gemeten",
    "Begeleid bij het ordenen van de post",
];

fn pick<'a>(list: &[&'a str], number: u32) -> &'a str {
    list.get(number as usize % list.len().max(1))
        .copied()
        .unwrap_or_default()
}

fn client_edits(
    client: ClientId,
    number: u32,
    made_at: i64,
    rng: &mut impl CryptoRng,
) -> Vec<Edit> {
    let has_bsn = number.is_multiple_of(2);
    let date = date_of(made_at);
    let input = ClientInput {
        first_name: pick(&FIRST_NAMES, number).to_owned(),
        infix: pick(&INFIXES, number / 3).to_owned(),
        last_name: format!("{} {}", pick(&LAST_NAMES, number / 5), roman(number)),
        birth_date: format!(
            "{}-{}-{}",
            1 + number % 28,
            1 + number % 12,
            1925 + number % 60
        ),
        street: format!("{} {}", pick(&STREETS, number), 1 + number % 90),
        postcode: format!("{} AB", 1000 + number),
        place: "Utrecht".to_owned(),
        phone: format!("06{:08}", 12_000_000 + number),
        requested_on: date.clone(),
        starts_on: date.clone(),
        funding: vec![if has_bsn { Funding::Zvw } else { Funding::Wmo }],
        is_personal_budget: false,
        care_kinds: vec![CareKind::Nursing],
        bsn: if has_bsn { bsn(number) } else { String::new() },
    };
    let mut edits = vec![Edit::CreateClient {
        client,
        input: Box::new(input),
    }];
    if has_bsn {
        let input = IdentityInput {
            document_kind: Some(DocumentKind::IdentityCard),
            document_number: format!("IX{:07}", number),
            date: date.clone(),
            time: "0:01".to_owned(),
            is_bsn_compared: true,
        };
        edits.push(Edit::EstablishIdentity { client, input });
    }
    if number < 12 {
        let input = PlanningInput {
            weekdays: vec![1, 2, 3, 4, 5, 6, 7],
            time: format!("{}:{:02}", 7 + number, (number * 7) % 60),
            minutes: "45".to_owned(),
            from: date,
            until: String::new(),
        };
        edits.push(Edit::AddPlanning {
            client,
            planning: EntryId(crypto::make_bytes(rng)),
            input,
        });
    }
    edits
}

/// A number of nine digits that passes the 11-test; never issued to anybody on purpose.
fn bsn(number: u32) -> String {
    for candidate in (900_000_000 + number * 37)..=999_999_999 {
        let digits: Vec<i64> = candidate
            .to_string()
            .bytes()
            .map(|byte| i64::from(byte) - 48)
            .collect();
        let sum: i64 = (2..=9)
            .rev()
            .chain([-1])
            .zip(&digits)
            .map(|(weight, digit)| weight * digit)
            .sum();
        if sum % 11 == 0 {
            return candidate.to_string();
        }
    }
    String::new()
}

/// Tells equal names apart without digits, which the guard of free text would look at.
fn roman(number: u32) -> String {
    let letter = |value: u32| char::from(b'A' + u8::try_from(value % 26).unwrap_or_default());
    [letter(number / 26), letter(number)].iter().collect()
}

/// The visits of client `number`, oldest year first; as many as the size asks for.
fn years(size: &Size, number: u32, now: Now) -> Vec<BulkYear> {
    let span = if size.is_even || number == 0 {
        size.years
    } else {
        1 + (number % u32::from(size.years)) as u16
    };
    let others = size.clients.saturating_sub(1).max(1);
    let rest = size.visits.saturating_sub(size.largest);
    let share = match number {
        0 => size.largest,
        _ => rest / others + u32::from(number <= rest % others),
    };
    let this_year = year_of(now.ms);
    let first_year = this_year.saturating_sub(span - 1);
    let mut visits: Vec<BulkYear> = Vec::new();
    for year in first_year..=this_year {
        let index = u32::from(year - first_year);
        let count = share / u32::from(span) + u32::from(index < share % u32::from(span));
        let begin = new_year(year);
        let end = if year == this_year {
            now.ms - 2 * DAY_MS
        } else {
            new_year(year + 1) - DAY_MS
        };
        let step = (end - begin - DAY_MS) / i64::from(count.max(1));
        let signed = (0..count)
            .map(|n| visit(begin + DAY_MS / 2 + step * i64::from(n), number + n))
            .collect();
        visits.push(BulkYear {
            year,
            visits: signed,
        });
    }
    visits.retain(|year| !year.visits.is_empty());
    visits
}

/// A visit of the morning of the day of `at`, signed at eleven or twelve.
fn visit(at: i64, number: u32) -> (i64, VisitInput) {
    let at = at.div_euclid(DAY_MS) * DAY_MS + 600 * MINUTE_MS;
    let measurements = match number % 4 {
        0 => vec![MeasurementInput {
            kind: MeasurementKind::Pulse,
            value: (60 + number % 30).to_string(),
        }],
        _ => Vec::new(),
    };
    let input = VisitInput {
        contact: ContactKind::HomeVisit,
        date: date_of(at),
        begin: "7:30".to_owned(),
        end: "8:15".to_owned(),
        actions: vec![pick(&DONE, number).to_owned()],
        done: if number.is_multiple_of(3) {
            pick(&DONE, number / 3).to_owned()
        } else {
            String::new()
        },
        result: "Geen bijzonderheden".to_owned(),
        facts: if number.is_multiple_of(7) {
            "Mevrouw liep zelf naar de deur.".to_owned()
        } else {
            String::new()
        },
        experience: if number.is_multiple_of(5) {
            "Heeft goed geslapen en was tevreden.".to_owned()
        } else {
            String::new()
        },
        measurements,
        ..VisitInput::default()
    };
    (at, input)
}

/// Civil date of a moment (days of 24 hours, UTC), for texts like `1-2-2026`.
fn date_of(at: i64) -> String {
    let (year, month, day) = civil(at.div_euclid(DAY_MS));
    format!("{day}-{month}-{year}")
}

fn year_of(at: i64) -> u16 {
    u16::try_from(civil(at.div_euclid(DAY_MS)).0).unwrap_or_default()
}

fn new_year(year: u16) -> i64 {
    let mut days = i64::from(year - 1970) * 365;
    while civil(days).0 < i64::from(year) {
        days += 1;
    }
    days * DAY_MS + MINUTE_MS
}

/// Days since 1970-01-01 to year, month and day (proleptic Gregorian calendar).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
