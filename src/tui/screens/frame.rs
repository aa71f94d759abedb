//! An explained frame: its bytes and its fields, each lighting the other.

use ratatui::layout::Rect;

use super::Look;
use crate::frame::{Dissection, Verdict};
use crate::tui::layout::parts;
use crate::tui::state::{Inspector, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::{HexView, TreeView};

/// Draws an explained frame into the inside of a pane.
pub(super) fn draw(look: &mut Look<'_>, inner: Rect, inspector: &Inspector) {
    let parts = parts(inner, inspector);
    let revealed = look.state.reveal;
    let Some(shown) = inspector.shown.as_ref().map(|shown| shown.told(revealed)) else { return };
    head(look, parts.head, shown, inspector.layer);
    let Some(layer) = shown.layers.get(inspector.layer) else { return };
    let chunks =
        if inspector.layer == 0 && look.state.view.chunks { inspector.chunks.as_slice() } else { &[] };
    let matches = if look.state.screen == Screen::Trace && look.state.popup.is_none() {
        look.state.view.needle.hits(&layer.bytes)
    } else {
        Vec::new()
    };
    let hex = HexView {
        matches: &matches,
        cursor: Some(inspector.byte),
        lit: inspector.lit(),
        revealed,
        chunks,
        scroll: inspector.hex_top,
        ..HexView::new(layer)
    };
    hex.render(parts.hex, look.buf, look.theme);
    let tree = TreeView {
        layer,
        collapsed: &inspector.folded,
        selected: Some(inspector.field),
        revealed,
        scroll: inspector.tree_top,
    };
    tree.render(parts.tree, look.buf, look.theme);
    let remarks: Vec<(String, Role)> =
        inspector.remark_rows(parts.foot.width).into_iter().map(|row| (row, Role::Warn)).collect();
    look.lines(parts.foot, &remarks);
}

/// What the frame is, and its verdict at the right; with several views of its bytes, which one is shown.
fn head(look: &mut Look<'_>, area: Rect, shown: &Dissection, layer: usize) {
    let glyphs = look.theme.glyphs();
    let (verdict, role) = match shown.verdict {
        Verdict::Good => (glyphs.good.to_owned(), Role::Good),
        Verdict::Bad(_) | Verdict::Malformed(_) => (glyphs.bad.to_owned(), Role::Bad),
        Verdict::Unchecked(reason) => (reason.text().to_owned(), Role::Dim),
    };
    let summary = shown.summary();
    let sum = shown.checksum.map(|sum| match sum.verdict() {
        Verdict::Bad(mismatch) if !summary.contains(&mismatch.to_string()) => {
            format!(" {} {mismatch}", sum.kind.name())
        }
        _ => format!(" {}", sum.kind.name()),
    });
    let sum = sum.unwrap_or_default();
    let right = format!("{}{verdict}{sum}", views(shown, layer));
    let mut pen = look.pen(area);
    let taken = pen.measure(&right);
    let room = area.width.saturating_sub(taken + 2);
    if room < 20 {
        pen.fit(0, 0, area.width, &summary, Role::Text);
        return;
    }
    pen.fit(0, 0, room, &summary, Role::Text);
    pen.right(area.width - taken, 0, taken, &right, role);
}

fn views(shown: &Dissection, layer: usize) -> String {
    if shown.layers.len() < 2 {
        return String::new();
    }
    let name = |(index, view): (usize, &crate::frame::Layer)| {
        if index == layer { format!("[{}]", view.kind) } else { view.kind.name().to_owned() }
    };
    let names: Vec<String> = shown.layers.iter().enumerate().map(name).collect();
    format!("{}  ", names.join(" "))
}
