//! The terminal: taken over while it lives, given back when it is dropped, and also when
//! we panic.

use std::time::Duration;

use anyhow::{Context as _, Result};
use crossterm::event::{self, Event, KeyEvent, KeyEventKind};
use ratatui::DefaultTerminal;

use super::model::Model;
use super::view;

pub struct Screen {
    terminal: DefaultTerminal,
}

impl Screen {
    /// Takes the terminal over.
    pub fn open() -> Result<Self> {
        let terminal = ratatui::try_init().context("cannot use the terminal")?;
        Ok(Self { terminal })
    }

    /// Shows the model, in the terminal's present size.
    pub fn draw(&mut self, model: &Model) -> Result<()> {
        self.terminal
            .draw(|frame| view::draw(model, frame))
            .context("cannot draw to the terminal")?;
        Ok(())
    }
}

/// Without any patience, the library does not look at the terminal at all.
const PATIENCE: Duration = Duration::from_millis(1);

/// The keys that were pressed since the last time.
pub fn keys() -> Result<Vec<KeyEvent>> {
    let mut keys = Vec::new();
    while event::poll(PATIENCE).context("cannot listen to the terminal")? {
        if let Event::Key(key) = event::read().context("cannot read a key")?
            && key.kind != KeyEventKind::Release
        {
            keys.push(key);
        }
    }
    Ok(keys)
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}
