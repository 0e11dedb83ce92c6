//! Functions that are not `async` but end in `async move { … }` or `Box::pin(async move { … })`.
//!
//! That is what `#[async_trait]` makes of a method, and what people write where a trait asks for a `Send` future.
//! The decision is made in that block; it never covers only the making of the future. What runs before the block, and a
//! `return` there, is outside of the decision.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Block, Expr, ExprAsync, ExprCall, Stmt};

use crate::function::{Function, braced};
use crate::returns::{Promise, Returns};

/// A function that returns a future it writes out as a block.
pub(crate) struct Deferred {
    statements: Block,
    /// What the future gives back.
    pub(crate) returns: Returns,
}

impl Deferred {
    /// `None` for a function that returns no future, a mistake for one whose future is made elsewhere.
    pub(crate) fn find(function: &Function) -> syn::Result<Option<Self>> {
        let output = &function.signature.output;
        let promise = Promise::of(output);
        if !promise.future || function.signature.asyncness.is_some() {
            return Ok(None);
        }
        let mut statements: Block = syn::parse2(function.body.to_token_stream())?;
        if last_async(&mut statements).is_none() {
            let message = "`#[decides]` cannot see into this future: \
                make the function `async`, or end it in `async move { … }`";
            return Err(syn::Error::new_spanned(output, message));
        }
        let returns = promise.output.as_ref().map_or(Returns::Opaque, Returns::from_type);
        Ok(Some(Self { statements, returns }))
    }

    /// The function's statements, with the async block's body put through `wrap`: an async block goes in, the
    /// statements that replace it come out.
    pub(crate) fn rewrite(
        mut self,
        wrap: impl FnOnce(&ExprAsync, &Returns) -> TokenStream,
    ) -> TokenStream {
        if let Some(block) = last_async(&mut self.statements) {
            let wrapped = wrap(block, &self.returns);
            block.block.stmts = vec![Stmt::Expr(Expr::Verbatim(wrapped), None)];
        }
        self.statements.stmts.iter().map(ToTokens::to_token_stream).collect()
    }
}

/// The body of an async block, as a group that points at it.
pub(crate) fn body(block: &ExprAsync) -> proc_macro2::Group {
    let statements = block.block.stmts.iter().map(ToTokens::to_token_stream).collect();
    braced(statements, block.block.brace_token.span.join())
}

fn last_async(block: &mut Block) -> Option<&mut ExprAsync> {
    match block.stmts.last_mut()? {
        Stmt::Expr(Expr::Async(block), None) => Some(block),
        Stmt::Expr(Expr::Call(call), None) => pinned(call),
        _ => None,
    }
}

fn pinned(call: &mut ExprCall) -> Option<&mut ExprAsync> {
    let Expr::Path(path) = call.func.as_ref() else { return None };
    let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let is_box_pin = names.next()? == "pin" && names.next()? == "Box";
    match call.args.first_mut()? {
        Expr::Async(block) if is_box_pin => Some(block),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn found(item: TokenStream) -> Result<bool, String> {
        let function = Function::parse(item).map_err(|error| error.to_string())?;
        let deferred = Deferred::find(&function).map_err(|error| error.to_string())?;
        Ok(deferred.is_some())
    }

    #[test]
    fn both_ways_to_end_in_a_block_are_found() {
        assert_eq!(
            found(quote!(
                fn f() -> impl Future {
                    a();
                    async { 1 }
                }
            )),
            Ok(true)
        );
        assert_eq!(
            found(quote!(
                fn f() -> BoxFuture<u8> {
                    ::std::boxed::Box::pin(async move { 1 })
                }
            )),
            Ok(true)
        );
    }

    #[test]
    fn an_async_fn_and_a_plain_one_are_left_alone() {
        assert_eq!(
            found(quote!(
                async fn f() -> BoxFuture<u8> {
                    g()
                }
            )),
            Ok(false)
        );
        assert_eq!(
            found(quote!(
                fn f() -> u8 {
                    block_on(async { 1 })
                }
            )),
            Ok(false)
        );
    }

    #[test]
    fn a_future_made_elsewhere_is_refused() {
        for body in [quote!(g()), quote!(Box::pin(g())), quote!(g(async {})), quote!()] {
            let refusal = found(quote!(fn f() -> impl Future { #body })).unwrap_err();
            assert!(refusal.contains("cannot see into this future"), "{refusal}");
        }
    }
}
