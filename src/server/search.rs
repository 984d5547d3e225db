//! Finding a text within a column, alike on both databases: upper and lower case are one, and the
//! signs of SQL's patterns are letters.

use sea_orm::{
    ColumnTrait, Condition, IntoSimpleExpr,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

/// Whether one of the columns holds the text; every row does when the text is empty.
///
/// SQLite folds only the letters of ASCII, so beyond them the text is also looked for as typed.
pub fn holds<C: ColumnTrait>(columns: &[C], text: &str) -> Condition {
    let text = text.trim();
    if text.is_empty() {
        return Condition::all();
    }
    columns.iter().fold(Condition::any(), |any, column| {
        let folded = Expr::expr(Func::lower(column.into_simple_expr())).like(pattern(&text.to_lowercase()));
        any.add(folded).add(column.like(pattern(text)))
    })
}

fn pattern(text: &str) -> LikeExpr {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}
