//! The strategy that does nothing, which is not free in most back-testers.

use super::{Context, Strategy};

pub(super) const NAME: &str = "idle";

/// Keeps its cash, and says so: what a run with it costs is what hours cost in which
/// nothing happens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idle;

impl Strategy for Idle {
    fn name(&self) -> &'static str {
        NAME
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        context.sleep();
    }
}
