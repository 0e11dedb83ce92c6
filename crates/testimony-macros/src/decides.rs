//! `#[decides]`: a function whose run is one decision.
//!
//! The body moves into a closure or an async block that the hook runs, so that every way out of it is seen: `?`,
//! `return`, a panic, a dropped future. It never changes what the function returns, but under `durable` where that was not
//! kept, and never evaluates the subject or another option unless something records the decision.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprLit, Ident, Lit, LitStr};

use crate::arguments::Named;
use crate::errors::Errors;
use crate::function::{Function, braced};
use crate::future::{self, Deferred};
use crate::hook::{Hook, borrowed, local, site};
use crate::returns::Returns;
use crate::shape::Shape;

const SHAPE: Shape = Shape {
    name: "#[decides]",
    usage: "#[decides(durable, intent, subject = …, model = …, provider = …, operation = …, name = \"…\")]",
    values: &[],
    flags: &["durable", "intent"],
    keys: &["subject", "model", "provider", "operation", "name", "crate"],
    open: false,
    repeats: &["subject"],
};

/// Expands the attribute; with mistakes, the function stays as it was, so that only they are reported.
pub(crate) fn expand(options: TokenStream, item: &TokenStream) -> TokenStream {
    attempt(options, item.clone()).unwrap_or_else(|error| {
        let errors = error.to_compile_error();
        quote_spanned!(site()=> #item #errors)
    })
}

fn attempt(options: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::none();
    let options = Options::read(options, &mut errors);
    let function = errors.take(Function::parse(item));
    let whole = function.and_then(|function| errors.take(rewrite(&options, &function)));
    errors.or(whole)
}

/// What the parentheses say.
struct Options {
    hook: Hook,
    name: Option<LitStr>,
    /// The word `durable`: the function fails closed.
    durable: Option<Ident>,
    /// The word `intent`: the call is put on record before it is made.
    intent: Option<Ident>,
    details: Vec<Named>,
}

impl Options {
    fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut arguments = SHAPE.read(tokens, errors);
        let hook = arguments.hook(errors);
        let name = arguments.take("name").into_iter().next();
        let name = name.and_then(|name| errors.take(literal(name.value)));
        let (durable, intent) = (arguments.flag("durable"), arguments.flag("intent"));
        Self { hook, name, durable, intent, details: arguments.named }
    }
}

fn literal(value: Expr) -> syn::Result<LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => Ok(name),
        other => Err(syn::Error::new_spanned(other, "`name` takes a string literal")),
    }
}

fn rewrite(options: &Options, function: &Function) -> syn::Result<TokenStream> {
    let begin = begin(options, function);
    let body = if let Some(deferred) = Deferred::find(function)? {
        deferred.rewrite(|block, returns| {
            let (capture, body) = (block.capture, future::body(block));
            let run = run_async(options, &capture, &body, returns);
            quote_spanned!(site()=> #begin #run)
        })
    } else {
        let run = run(options, function);
        quote_spanned!(site()=> #begin #run)
    };
    Ok(function.with(&body))
}

/// `let call = …;`, and what the options say of it.
fn begin(options: &Options, function: &Function) -> TokenStream {
    let (hook, call) = (&options.hook, local("call"));
    let default = || LitStr::new(&function.name(), Span::call_site());
    let name = options.name.clone().unwrap_or_else(default);
    let (details, intent) = (details(options, &call), intent(options, &call));
    quote_spanned! {site()=>
        let #call = #hook::Call::begin(#hook::span!(#name));
        #details
        #intent
    }
}

/// An intent that nobody waits for; a durable one is waited for where the body is run.
fn intent(options: &Options, call: &Ident) -> TokenStream {
    match (&options.intent, &options.durable) {
        (Some(_), None) => quote_spanned!(site()=> #call.intend();),
        _ => TokenStream::new(),
    }
}

fn details(options: &Options, call: &Ident) -> TokenStream {
    if options.details.is_empty() {
        return TokenStream::new();
    }
    let statements = options.details.iter().map(|detail| {
        let method = Ident::new(&detail.name(), site());
        let value = borrowed(&detail.value);
        quote_spanned!(site()=> #call.#method(#value);)
    });
    quote_spanned!(site()=> if #call.listens() { #(#statements)* })
}

fn run(options: &Options, function: &Function) -> TokenStream {
    let (hook, body) = (&options.hook, &function.body);
    let signature = &function.signature;
    let returns = Returns::of(&signature.output, signature.ident.span());
    if signature.asyncness.is_some() {
        return run_async(options, &Some(quote_spanned!(site()=> move)), body, &returns);
    }
    let (arrow, judge) = (returns.arrow(), returns.judge(hook));
    let (call, not_kept) = (called(options), not_kept(options, &returns));
    quote_spanned!(site()=> #call.run(move || #arrow #body, #judge #not_kept))
}

/// What runs the body.
fn called(options: &Options) -> TokenStream {
    let call = local("call");
    match (&options.durable, &options.intent) {
        (None, _) => call.into_token_stream(),
        (Some(_), None) => quote_spanned!(site()=> #call.durable()),
        (Some(_), Some(_)) => quote_spanned!(site()=> #call.durable().with_intent()),
    }
}

/// How a function that fails closed says so. The name points at the return type, so that a type that cannot say it is
/// reported there.
fn not_kept(options: &Options, returns: &Returns) -> Option<TokenStream> {
    let durable = options.durable.as_ref()?;
    let place = returns.place().unwrap_or(durable.span());
    let name = options.hook.item_at("not_kept", place);
    Some(quote_spanned!(site()=> , #name))
}

fn run_async(
    options: &Options,
    capture: &impl ToTokens,
    body: &proc_macro2::Group,
    returns: &Returns,
) -> TokenStream {
    let hook = &options.hook;
    let (hint, judge) = (returns.hint(hook), returns.judge(hook));
    let (call, not_kept) = (called(options), not_kept(options, returns));
    let statements = body.stream();
    // One block and not two: the inner one would look to the compiler like needless braces of the user's.
    let block = braced(quote_spanned!(site()=> #hint #statements), body.span());
    quote_spanned!(site()=> #call.run_async(async #capture #block, #judge #not_kept).await)
}
