//! The journal of what waits: what it costs, and what its damage costs.

use engine::store::memory::Memory;
use engine::{Now, Planted};
use pollster::block_on;

use super::*;

#[test]
fn what_waits_costs_a_row_for_a_page_and_none_at_the_end() {
    let mut story = story(17, CLIENTS);
    story.store();
    story.finish();
    for client in story.clients.clone() {
        story.tablet.save(Edit::ChangeClient {
            client,
            field: ClientField::Place,
            value: "Zeist".into(),
        });
    }
    story.hub.push(&mut story.tablet);
    let cursor_rows = |tablet: &Tablet| {
        let rows = tablet.disk.dump().into_iter();
        rows.filter(|row| row.0 == StoreName::Cursor).count()
    };
    let mut in_one = Tablet::on(story.laptop.disk.fork(), 18);
    in_one.now = story.tablet.now;
    in_one.unlock();
    let missed = story.hub.after(story.laptop.standing().cursor);
    in_one.take(missed.clone());
    let pages: Vec<_> = missed.chunks(6).collect();
    let before = cursor_rows(&story.laptop);
    for page in &pages {
        story.laptop.store_records(page.to_vec());
    }
    let added = cursor_rows(&story.laptop) - before;
    // Beside a row for each page there may be a further one of the trail.
    assert!(pages.len() > 4 && added <= pages.len() + 1, "{added}");
    story.laptop.now = story.tablet.now;
    let mut worst = 0;
    while story.laptop.standing().behind_count > 0 {
        catch_up(&mut story.laptop);
        worst = worst.max(cursor_rows(&story.laptop));
    }
    assert!(worst > cursor_rows(&story.laptop), "nothing was marked");
    assert_eq!(cursor_rows(&story.laptop), cursor_rows(&in_one));
    story.assert_same();
}

/// A row with its store and name.
type Stored = (StoreName, Vec<u8>, Vec<u8>);

fn cursors(disk: &Memory) -> Vec<Stored> {
    let rows = disk.dump().into_iter();
    rows.filter(|row| row.0 == StoreName::Cursor).collect()
}

/// What was brought in is marked in a row of its own. It is lost with any other row: what that one names does not count
/// as brought in.
#[test]
fn a_lost_mark_and_another_lost_row_lose_nothing() {
    let mut story = story(19, 14);
    for client in story.clients.clone() {
        let visit = visit_at("21-11-2026", "8:00", "8:45", "Vandaag");
        story.tablet.sign(client, &visit);
    }
    story.hub.push(&mut story.tablet);
    // One part that is brought in to a half, and others of one record, which weigh less than the mark.
    let all = story.hub.after(AccountSeq(0));
    let (first, rest) = all.split_at(all.len() / 2);
    story.laptop.store_records(first.to_vec());
    for record in rest.chunks(1) {
        story.laptop.store_records(record.to_vec());
    }
    story.laptop.now = story.tablet.now;
    let before: BTreeSet<Vec<u8>> = {
        let rows = cursors(&story.laptop.disk).into_iter();
        rows.map(|row| row.1).collect()
    };
    catch_up(&mut story.laptop);
    assert!(story.laptop.standing().behind_count > 0);
    let after = cursors(&story.laptop.disk);
    let marks = after.iter().filter(|row| !before.contains(&row.1));
    let marks: Vec<&Stored> = marks.collect();
    assert_eq!(marks.len(), 1, "rows that one step added");
    let clients = story.clients.clone().into_iter();
    let whole: Vec<(ClientId, String)> = clients
        .map(|client| (client, seen(&mut story.tablet, client)))
        .collect();
    // With itself: the mark alone.
    for other in &after {
        let disk = story.laptop.disk.fork();
        disk.remove(marks[0].0, &marks[0].1);
        disk.remove(other.0, &other.1);
        let mut copy = Tablet::on(disk, 9);
        copy.now = story.laptop.now;
        copy.unlock();
        while copy.standing().behind_count > 0 {
            catch_up(&mut copy);
        }
        for (client, expected) in &whole {
            assert_eq!(seen(&mut copy, *client), *expected);
        }
    }
}

/// Rows that say what waits are gone or changed: all of it still comes, without the relay.
#[test]
fn damage_in_what_waits_loses_nothing() {
    for is_removed in [false, true] {
        let mut story = story(8, 4);
        let before: BTreeSet<_> = story.laptop.disk.dump().into_iter().collect();
        story.store();
        let rows = story.laptop.disk.dump().into_iter();
        let mut cursors: Vec<_> = rows
            .filter(|row| row.0 == StoreName::Cursor && !before.contains(row))
            .collect();
        assert!(cursors.len() > 8);
        // Any one of them: heads, the trail, the state of the exchange, what waits.
        for row in cursors.drain(..) {
            let disk = story.laptop.disk.fork();
            match is_removed {
                true => disk.remove(row.0, &row.1),
                false => disk.overwrite(row.0, &row.1, vec![7; row.2.len()]),
            }
            let mut copy = Tablet::on(disk, 9);
            copy.now = story.laptop.now;
            copy.unlock();
            for client in &story.clients {
                assert_eq!(seen(&mut copy, *client), seen(&mut story.tablet, *client));
            }
        }
    }
}

/// What a newer version asks not to be written to is not written to after such damage either.
#[test]
fn damage_in_what_waits_forgets_no_record_that_makes_a_document_read_only() {
    let mut story = story(27, 2);
    story.store();
    story.finish();
    let client = story.clients[0];
    let now = Now {
        ms: story.tablet.now,
    };
    let (vault, rng) = (&mut story.tablet.vault, &mut story.tablet.rng);
    block_on(vault.plant_record(client, Planted::Critical, now, rng)).unwrap();
    story.store();
    let place = Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: "Zeist".into(),
    };
    for row in cursors(&story.laptop.disk) {
        let disk = story.laptop.disk.fork();
        disk.remove(row.0, &row.1);
        let mut copy = Tablet::on(disk, 9);
        copy.now = story.laptop.now;
        copy.unlock();
        // Without its head the document is not whole either.
        let failure = failure(copy.edit(place.clone()));
        assert!(
            matches!(failure, Failure::NewerFormat | Failure::Corrupt),
            "{failure:?}"
        );
    }
}
