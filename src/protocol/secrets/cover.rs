//! Laying a mask over the fields of a dissection.

use crate::frame::{Dissection, Field, FieldTree as _, Label, Layer, Mask, Span, Value};
use crate::reading::Unit;

/// What a run of hidden bytes is called that no field names.
const HIDDEN: Label = Label::Name("password or key");

/// Hides the bytes of a mask in the wire and what was made of them; `masks` are those of the layers behind it.
pub(super) fn cover(dissection: &mut Dissection, wire: &Mask, masks: &[Mask]) {
    let address = dissection.address;
    let mut covered = false;
    let mut hides_address = false;
    for (index, layer) in dissection.layers.iter_mut().enumerate() {
        let mask = match index.checked_sub(1) {
            None => wire.clone(),
            Some(behind) => of_layer(layer, wire, masks.get(behind)),
        };
        if !mask.hides_anything() {
            continue;
        }
        hides_address |= address.is_some_and(|address| is_told_by_hidden(layer, &mask, address));
        covered = true;
        cover_layer(layer, &mask);
    }
    if covered {
        dissection.readings.clear();
    }
    if hides_address {
        dissection.address = None;
    }
}

/// What is hidden of a made-up layer: what came from hidden bytes of the wire, and what was found in itself.
fn of_layer(layer: &Layer, wire: &Mask, own: Option<&Mask>) -> Mask {
    let mut mask = own.cloned().unwrap_or_default();
    for origin in layer.from.iter().filter(|origin| origin.part == 0) {
        let is_shifted = origin.here.len() == origin.wire.len();
        for (place, at) in origin.wire.range().enumerate() {
            let here = origin.here.range();
            match (wire.hides(at), is_shifted) {
                (true, true) => mask.hide(here.start + place..here.start + place + 1),
                (true, false) => mask.hide(here),
                (false, _) => {}
            }
        }
    }
    mask
}

fn is_told_by_hidden(layer: &Layer, mask: &Mask, address: u64) -> bool {
    let tells = |field: &Field| field.value == Value::count(address) || matches!(field.value, Value::Text);
    layer.fields.iter().any(|field| tells(field) && touches(field, mask))
}

/// Whether hidden bytes are among a field's; a part of a byte stands behind its byte.
fn touches(field: &Field, mask: &Mask) -> bool {
    let range = field.span.range();
    if range.is_empty() { range.start > 0 && mask.hides(range.start - 1) } else { mask.hides_any(range) }
}

fn cover_layer(layer: &mut Layer, mask: &Mask) {
    let fields = std::mem::take(&mut layer.fields);
    layer.fields.reserve(fields.len() + 2);
    for (index, field) in fields.iter().enumerate() {
        match (touches(field, mask), fields.is_leaf(index), field.value) {
            (false, ..) | (_, _, Value::Secret) => layer.fields.push(field.clone()),
            (true, false, _) => layer.fields.push(bare(field, Value::Bytes)),
            (true, true, Value::Bytes | Value::Text) => split(&mut layer.fields, field, mask),
            (true, true, _) => layer.fields.push(bare(field, Value::Secret)),
        }
    }
}

/// A field with nothing left of what its bytes mean.
fn bare(field: &Field, value: Value) -> Field {
    Field { value, unit: Unit::None, note: "", verdict: field.verdict.hidden(), ..field.clone() }
}

/// The shown and the hidden runs of a field as fields of their own.
fn split(fields: &mut Vec<Field>, field: &Field, mask: &Mask) {
    let Span { start, end } = field.span;
    let (mut from, end) = (start as usize, end as usize);
    while from < end {
        let hidden = mask.hides(from);
        let to = (from..end).find(|at| mask.hides(*at) != hidden).unwrap_or(end);
        let is_whole = to - from == field.span.len();
        let (label, value) = match hidden {
            true if is_whole => (field.label, Value::Secret),
            true => (HIDDEN, Value::Secret),
            false => (field.label, field.value),
        };
        fields.push(Field { label, value, span: Span::new(from, to), ..field.clone() });
        from = to;
    }
}
