//! Parts of screens. Each borrows what it shows and only draws.
