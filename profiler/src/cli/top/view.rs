//! Draws the model.

use profiler::{Share, Weight};
use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Row as TableRow, Table};

use super::model::{Model, Subject};
use crate::cli::numbers::{count, elapsed, points};
use crate::cli::verdict::cost_share;

/// Draws all of it into whatever room there is.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let [head, body, foot] = Layout::vertical([
        Constraint::Length(3),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(Paragraph::new(header(model)), head);
    table(model, body, frame);
    frame.render_widget(footer(model), foot);
    if model.shows_help {
        help(frame);
    }
}

fn header(model: &Model) -> Vec<Line<'_>> {
    let mut title = vec![
        Span::from(model.title.as_str()).bold(),
        Span::from(format!("  {}", elapsed(model.passed))),
    ];
    if model.is_paused {
        title.push("  paused".yellow());
    }
    vec![
        Line::from(title),
        Line::from(activity(model)),
        Line::from(sampling(model)),
    ]
}

/// How much of a processor the process uses, and how much is known of that.
pub fn activity(model: &Model) -> String {
    let (now, overall) = (model.now().quality(), model.overall().quality());
    let processors = now.cpu_time.as_secs_f64() / now.wall_time.as_secs_f64().max(1e-9);
    format!(
        "{:.0} % of a processor  {} samples now, {} overall",
        100.0 * processors,
        count(now.taken.as_samples()),
        count(overall.taken.as_samples())
    )
}

/// At which rate it was looked at, and what that missed and cost.
pub fn sampling(model: &Model) -> String {
    let overall = model.overall().quality();
    let mut text = format!(
        "{:.0} a {} ({:.0} asked)  {} lost",
        overall.rate_obtained(),
        if overall.is_wall {
            "second"
        } else {
            "CPU second"
        },
        overall.rate_asked,
        count(overall.lost.as_samples())
    );
    if let Some(cost) = cost_share(overall) {
        text.push_str("  ");
        text.push_str(&points(cost));
        text.push_str(" % overhead");
    }
    text
}

fn table(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let columns = model.subject.columns();
    // Intervals go first when there is no room for names beside them.
    let has_room = usize::from(area.width) >= columns.len() * WIDE + MIN_NAME;
    let width = if has_room { WIDE } else { NARROW };
    let header = columns.iter().enumerate().map(|(at, name)| {
        let name = if has_room {
            (*name).to_owned()
        } else {
            short(name)
        };
        let text = format!("{} {name}", at + 1);
        let style = if at == model.column {
            Style::new().add_modifier(Modifier::REVERSED)
        } else {
            Style::new()
        };
        right(Span::styled(text, style))
    });
    let subject = match model.subject {
        Subject::Functions => "function",
        Subject::Threads => "thread",
    };
    let header = header.chain([Line::from(subject)]);
    let n_rows = usize::from(area.height).saturating_sub(1);
    let rows = model
        .rows()
        .iter()
        .skip(model.scroll)
        .take(n_rows)
        .map(|row| {
            let shares = row.shares.iter().map(|share| right(cell(*share, has_room)));
            TableRow::new(shares.chain([Line::from(row.name.as_str())]))
        });
    let widths = columns
        .iter()
        .map(|_| Constraint::Length(u16::try_from(width).expect("a few columns")))
        .chain([Constraint::Min(0)]);
    let header = TableRow::new(header).style(Style::new().bold());
    frame.render_widget(
        Table::new(rows, widths).header(header).column_spacing(1),
        area,
    );
}

const WIDE: usize = 12;
const NARROW: usize = 7;
const MIN_NAME: usize = 24;

fn short(column: &str) -> String {
    column
        .replace("self", "s")
        .replace("total", "t")
        .replace("overall", "all")
}

fn right<'a>(span: impl Into<Span<'a>>) -> Line<'a> {
    Line::from(span.into()).alignment(Alignment::Right)
}

fn cell(share: Option<Share>, with_interval: bool) -> Span<'static> {
    let Some(share) = share else {
        return "-".dim();
    };
    let percent = 100.0 * share.value;
    let text = if with_interval {
        format!("{percent:.1} ±{:.1}", 100.0 * share.half_width())
    } else {
        format!("{percent:.1}")
    };
    // What cannot be told from nothing steps back.
    if share.low <= 0.0005 {
        text.dim()
    } else {
        text.into()
    }
}

fn footer(model: &Model) -> Line<'_> {
    let n_rows = model.rows().len();
    let nothing = model.overall().total() == Weight::default();
    if nothing {
        return Line::from("waiting for the process to use processor time   ? help   q quit").dim();
    }
    Line::from(format!(
        "shares in %, ± 95 % interval, now is {}   {} {}{}   ? help   q quit",
        elapsed(model.interval),
        count(n_rows as u64),
        if n_rows == 1 { "row" } else { "rows" },
        match model.scroll {
            0 => String::new(),
            row => format!(" from {}", count(row as u64 + 1)),
        }
    ))
    .dim()
}

const HELP: &str = "\
1 2 3 4       sort by this column
r             turn the order round
t             threads, functions
p, space      pause, go on
up, down      scroll (also j, k, page keys, home, end)
?             this help
q, Ctrl-C     end

now           the last interval
self          time in the function itself
total         with everything that it calls
±             95 % interval: the true share is within
              it 19 times in 20; dim shares may be none";

fn help(frame: &mut Frame<'_>) {
    let lines = HELP.lines().count();
    let width = HELP
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let size = |n: usize| u16::try_from(n + 2).expect("a short text");
    let area = frame.area();
    let [area] = Layout::vertical([Constraint::Max(size(lines))])
        .flex(ratatui::layout::Flex::Center)
        .areas(area);
    let [area] = Layout::horizontal([Constraint::Max(size(width))])
        .flex(ratatui::layout::Flex::Center)
        .areas(area);
    frame.render_widget(Clear, area);
    frame.render_widget(
        Paragraph::new(HELP).block(Block::bordered().title(" Keys ")),
        area,
    );
}
