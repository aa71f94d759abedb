//! The mutants of a file: comparisons, boolean operators, negations, conditions, guards, return values.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ReturnType, Signature, Type, UnOp};

use crate::edit::{Edit, Part};

/// One change of the program.
pub struct Mutant {
    /// Its number, from 1: the value of the environment variable that switches it on.
    pub id: usize,
    /// File, function and what is changed: stable when lines move.
    pub name: String,
    /// Filters of the tests that must notice it.
    pub filters: Vec<String>,
}

/// What was found in a file.
pub struct Found {
    /// The mutants.
    pub mutants: Vec<Mutant>,
    /// The edits that put them in.
    pub edits: Vec<Edit>,
}

/// What does not compile as a mutant.
#[derive(Default)]
pub struct Unfit {
    /// Numbers of mutants.
    pub mutants: BTreeSet<usize>,
    /// Names of functions that are called where only constant ones may be.
    pub constant: BTreeSet<String>,
}

/// Finds the mutants of a source; the first gets the number `first`.
pub fn mutants(
    (path, source): (&str, &str),
    filters: &[String],
    first: usize,
    unfit: &Unfit,
) -> crate::Result<Found> {
    let file = syn::parse_file(source).map_err(|error| format!("{path}: {error}"))?;
    let found = Found { mutants: Vec::new(), edits: Vec::new() };
    let mut finder =
        Finder { path, source, filters, next: first, unfit, function: String::new(), found, constant: false };
    finder.visit_file(&file);
    Ok(finder.found)
}

struct Finder<'a> {
    path: &'a str,
    source: &'a str,
    filters: &'a [String],
    next: usize,
    unfit: &'a Unfit,
    function: String,
    found: Found,
    /// Whether the function must stay constant, so that nothing in it can be switched.
    constant: bool,
}

impl Finder<'_> {
    /// A mutant of this description: the condition that switches it on.
    fn mutant(&mut self, what: String) -> Option<String> {
        let id = self.next;
        self.next += 1;
        if self.constant || self.unfit.mutants.contains(&id) {
            return None;
        }
        let same =
            |mutant: &&Mutant| mutant.name.starts_with(&format!("{} {}: {what}", self.path, self.function));
        let nth = self.found.mutants.iter().filter(same).count();
        let nth = if nth == 0 { String::new() } else { format!(" #{}", nth + 1) };
        let name = format!("{} {}: {what}{nth}", self.path, self.function);
        self.found.mutants.push(Mutant { id, name, filters: self.filters.to_vec() });
        Some(format!("crate::mutant::on({id})"))
    }

    fn edit(&mut self, range: Range<usize>, parts: Vec<Part>) {
        self.found.edits.push(Edit { range, parts });
    }

    fn text(&self, range: &Range<usize>) -> String {
        let text = self.source[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > 60 {
            format!("{}...", text.chars().take(57).collect::<String>())
        } else {
            text
        }
    }

    /// `left op right` becomes `left other right`.
    fn compare(&mut self, binary: &syn::ExprBinary, other: &str) {
        let (all, op) = (range(binary.span()), range(binary.op.span()));
        let (left, right) = (all.start..op.start, op.end..all.end);
        let what = format!("`{}` with {other}", self.text(&all));
        let Some(on) = self.mutant(what) else { return };
        self.edit(
            all.clone(),
            vec![
                Part::Text(format!("(if {on} {{ ")),
                Part::Raw(left),
                Part::Text(other.to_owned()),
                Part::Raw(right),
                Part::Text(" } else { ".to_owned()),
                Part::Edited(all),
                Part::Text(" })".to_owned()),
            ],
        );
    }

    /// A boolean expression and its opposite.
    fn negate(&mut self, expr: &Expr) {
        let all = range(expr.span());
        let what = format!("not `{}`", self.text(&all));
        let Some(on) = self.mutant(what) else { return };
        self.edit(
            all.clone(),
            vec![Part::Text(format!("({on} ^ (")), Part::Edited(all), Part::Text("))".to_owned())],
        );
    }

    fn function(&mut self, name: &str, signature: &Signature, block: &Block, visit: impl FnOnce(&mut Self)) {
        let before = (std::mem::replace(&mut self.function, name.to_owned()), self.constant);
        if let Some(constant) = &signature.constness {
            self.constant = self.unfit.constant.contains(&signature.ident.to_string());
            if !self.constant {
                self.edit(range(constant.span()), Vec::new());
            }
        }
        let open = range(block.brace_token.span.open()).end;
        let values = if block.stmts.is_empty() { Vec::new() } else { values(&signature.output) };
        for value in values {
            let what = format!("returns {}", if value.is_empty() { "at once" } else { value });
            if let Some(on) = self.mutant(what) {
                self.edit(open..open, vec![Part::Text(format!(" if {on} {{ return {value}; }}"))]);
            }
        }
        visit(self);
        (self.function, self.constant) = before;
    }
}

/// What a function may return instead of what it should.
fn values(output: &ReturnType) -> Vec<&'static str> {
    let ReturnType::Type(_, ty) = output else { return vec![""] };
    let text = ty.to_token_stream().to_string().replace(' ', "");
    match text.as_str() {
        "bool" => vec!["true", "false"],
        "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" | "isize" => vec!["0", "1"],
        "&str" | "&'staticstr" => vec!["\"\""],
        "&[u8]" => vec!["&[]"],
        "String" | "Duration" | "At" => vec!["Default::default()"],
        "Result<(),String>" => vec!["Ok(())"],
        _ => match ty.as_ref() {
            Type::Path(path) => match path.path.segments.last().map(|last| last.ident.to_string()).as_deref()
            {
                Some("Option") => vec!["None"],
                Some("Vec") => vec!["Vec::new()"],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        },
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_test(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            let name = item.sig.ident.to_string();
            self.function(&name, &item.sig, &item.block, |finder| visit::visit_item_fn(finder, item));
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            let name = item.sig.ident.to_string();
            self.function(&name, &item.sig, &item.block, |finder| visit::visit_impl_item_fn(finder, item));
        }
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let other = match binary.op {
            BinOp::Eq(_) => Some("!="),
            BinOp::Ne(_) => Some("=="),
            BinOp::Lt(_) => Some("<="),
            BinOp::Le(_) => Some("<"),
            BinOp::Gt(_) => Some(">="),
            BinOp::Ge(_) => Some(">"),
            BinOp::And(_) if !has_let(&binary.left) && !has_let(&binary.right) => Some("||"),
            BinOp::Or(_) => Some("&&"),
            _ => None,
        };
        if let Some(other) = other {
            self.compare(binary, other);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        if matches!(unary.op, UnOp::Not(_)) {
            let (all, inner) = (range(unary.span()), range(unary.expr.span()));
            let what = format!("`{}` without !", self.text(&all));
            if let Some(on) = self.mutant(what) {
                self.edit(
                    all.clone(),
                    vec![
                        Part::Text(format!("(if {on} {{ ")),
                        Part::Raw(inner),
                        Part::Text(" } else { ".to_owned()),
                        Part::Edited(all),
                        Part::Text(" })".to_owned()),
                    ],
                );
            }
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        if matches!(*expr.cond, Expr::Call(_) | Expr::MethodCall(_) | Expr::Path(_) | Expr::Field(_)) {
            self.negate(&expr.cond);
        }
        visit::visit_expr_if(self, expr);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if let Expr::Macro(call) = expr
            && call.mac.path.is_ident("matches")
        {
            self.negate(expr);
        }
        visit::visit_expr(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = arm.guard.as_ref().filter(|(_, guard)| !has_let(guard)) {
            let all = range(guard.span());
            let text = self.text(&all);
            let on = self.mutant(format!("guard `{text}` true"));
            let off = self.mutant(format!("guard `{text}` false"));
            let opens = format!(
                "({} || (!{} && (",
                on.as_deref().unwrap_or("false"),
                off.as_deref().unwrap_or("false")
            );
            self.edit(all.clone(), vec![Part::Text(opens), Part::Edited(all), Part::Text(")))".to_owned())]);
        }
        visit::visit_arm(self, arm);
    }
}

fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        text.contains("cfg (test") || text == "# [test]"
    })
}

fn range(span: Span) -> Range<usize> {
    span.byte_range()
}
