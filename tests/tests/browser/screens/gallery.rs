//! The gallery: every component of the design system in every state, in the developers' build.

use anyhow::Result;
use e2e::World;

use super::walk::Walk;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_component_in_every_state_passes_axe_and_fits() -> Result<()> {
    let mut turn = World::enter().await?;
    let device = turn.developers().await?;
    device.open("/galerij").await?;
    device
        .page()
        .heading("Wilhelmina van der Heijden-'t Hoen")
        .await?;
    let mut walk = Walk::new(&device)?;
    // Samples stand closer together than on a screen, and a link in a sentence is as high as the sentence.
    walk.target = (0, 0);
    let walked = walk.picture("galerij").await;
    walk.end(walked)?;
    device.close().await?;
    Ok(())
}
