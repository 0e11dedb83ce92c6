//! What the macros expand to, word for word, and a check that it names nothing but the hook and the user's own.
//!
//! In the inputs, everything that belongs to the user is called `user…` or `User…`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};

use crate::{constraint, context, decides, decision, outcome, prompt, rationale};

/// The expansion of a macro in expression position.
fn statement(expansion: syn::Result<TokenStream>) -> String {
    let expansion = expansion.expect("the call is well formed");
    let whole = item(quote!(fn user() { #expansion }));
    let lines = whole.lines().map(|line| line.strip_prefix("    ").unwrap_or(line));
    let inside: Vec<_> = lines.skip(1).collect();
    inside[..inside.len() - 1].join("\n")
}

/// The expansion of an attribute.
fn item(expansion: TokenStream) -> String {
    let file = syn::parse2(expansion).expect("the expansion is valid syntax");
    prettyplease::unparse(&file)
}

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("the source is made of tokens")
}

fn decided(options: TokenStream, function: &TokenStream) -> String {
    item(decides::expand(options, function))
}

#[test]
fn prompt_of_one_value() {
    insta::assert_snapshot!(statement(prompt::expand(quote!(user.text()))), @r#"
    if let ::testimony::__private::Some(current) = ::testimony::__private::current() {
        current
            .part(
                ::testimony::__private::Role::Prompt,
                ::testimony::__private::None,
                &user.text(),
            );
    }
    "#);
}

#[test]
fn context_of_named_values() {
    let call = quote!(report = user_report, r#type = user_a + user_b,);
    insta::assert_snapshot!(statement(context::expand(call)), @r#"
    if let ::testimony::__private::Some(current) = ::testimony::__private::current() {
        current
            .part(
                ::testimony::__private::Role::Context,
                ::testimony::__private::Some("report"),
                &user_report,
            );
        current
            .part(
                ::testimony::__private::Role::Context,
                ::testimony::__private::Some("type"),
                &(user_a + user_b),
            );
    }
    "#);
}

#[test]
fn rationale_of_one_value() {
    insta::assert_snapshot!(statement(rationale::expand(quote!("because"))), @r#"
    if let ::testimony::__private::Some(current) = ::testimony::__private::current() {
        current
            .part(
                ::testimony::__private::Role::Rationale,
                ::testimony::__private::None,
                &"because",
            );
    }
    "#);
}

#[test]
fn decision_with_everything() {
    let call = quote!(user, confidence = 0.9, alternatives = [user_a, user_b]);
    insta::assert_snapshot!(statement(decision::expand(call)), @r#"
    if let ::testimony::__private::Some(current) = ::testimony::__private::current() {
        current
            .part(
                ::testimony::__private::Role::Decision,
                ::testimony::__private::None,
                &user,
            );
        current
            .part(
                ::testimony::__private::Role::Decision,
                ::testimony::__private::Some("confidence"),
                &0.9,
            );
        current
            .part(
                ::testimony::__private::Role::Decision,
                ::testimony::__private::Some("alternatives"),
                &[user_a, user_b],
            );
    }
    "#);
}

#[test]
fn constraint_with_everything() {
    let call = quote!("ratio", limit = 0.4, observed = user?, held = user < 0.4, unit = "points");
    insta::assert_snapshot!(statement(constraint::expand(call)), @r#"
    if let ::testimony::__private::Some(current) = ::testimony::__private::current() {
        match (&0.4, &user?, &"points") {
            (field0, field1, field2) => {
                current
                    .constraint(
                        "ratio",
                        user < 0.4,
                        |fields| {
                            fields.add("limit", field0);
                            fields.add("observed", field1);
                            fields.add("unit", field2);
                        },
                    )
            }
        }
    }
    "#);
}

#[test]
fn constraint_with_nothing_to_add() {
    insta::assert_snapshot!(statement(constraint::expand(quote!("ratio", held = true))), @r#"
    if let ::testimony::__private::Some(current) = ::testimony::__private::current() {
        match () {
            () => current.constraint("ratio", true, |fields| {}),
        }
    }
    "#);
}

#[test]
fn outcome_with_everything() {
    let call =
        quote!(user_id, "overridden", by = user_a, decision = user_b, why = user_c, shown = user_d);
    insta::assert_snapshot!(statement(outcome::expand(call)), @r#"
    if let ::testimony::__private::Some(mut outcome) = ::testimony::__private::outcome(
        user_id,
        "overridden",
    ) {
        outcome
            .part(
                ::testimony::__private::Role::Actor,
                ::testimony::__private::None,
                &user_a,
            );
        outcome
            .part(
                ::testimony::__private::Role::Decision,
                ::testimony::__private::None,
                &user_b,
            );
        outcome
            .part(
                ::testimony::__private::Role::Rationale,
                ::testimony::__private::None,
                &user_c,
            );
        outcome
            .part(
                ::testimony::__private::Role::Context,
                ::testimony::__private::None,
                &user_d,
            );
        outcome.submit();
    }
    "#);
}

#[test]
fn outcome_by_itself() {
    insta::assert_snapshot!(statement(outcome::expand(quote!(user_id, "executed"))), @r#"
    if let ::testimony::__private::Some(outcome) = ::testimony::__private::outcome(
        user_id,
        "executed",
    ) {
        outcome.submit();
    }
    "#);
}

const FUNCTION: &str = "
    /// Documented.
    #[must_use]
    pub fn user_loan<'a, UserT: UserBound>(user: &'a UserT, _: u8) -> UserResult<&'a str>
    where
        UserT: UserOther,
    {
        #![allow(user_lint)]
        return user.answer(user)?;
    }
";

#[test]
fn a_function() {
    let options =
        quote!(subject = user.id, subject = user_a + user_b, model = "small", name = "loan");
    insta::assert_snapshot!(decided(options, &tokens(FUNCTION)), @r#"
    /// Documented.
    #[must_use]
    pub fn user_loan<'a, UserT: UserBound>(user: &'a UserT, _: u8) -> UserResult<&'a str>
    where
        UserT: UserOther,
    {
        #![allow(user_lint)]
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("loan"),
        );
        if call.listens() {
            call.subject(&user.id);
            call.subject(&(user_a + user_b));
            call.model(&"small");
        }
        call.run(
            move || -> UserResult<&'a str> {
                return user.answer(user)?;
            },
            |result| {
                use ::testimony::__private::{ViaAny as _, ViaDebug as _, ViaDisplay as _};
                (&&&::testimony::__private::Probe(result)).ending()
            },
        )
    }
    "#);
}

#[test]
fn a_function_without_a_return_type() {
    insta::assert_snapshot!(decided(quote!(), &quote!(unsafe fn user_loan(&mut self) { user() })), @r#"
    unsafe fn user_loan(&mut self) {
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("user_loan"),
        );
        call.run(
            move || -> () { user() },
            |result| {
                use ::testimony::__private::{ViaAny as _, ViaDebug as _, ViaDisplay as _};
                (&&&::testimony::__private::Probe(result)).ending()
            },
        )
    }
    "#);
}

#[test]
fn an_async_function() {
    let function = quote! {
        async fn user_loan(&self) -> UserResult {
            user().await?;
            user_answer()
        }
    };
    insta::assert_snapshot!(decided(quote!(subject = self.0), &function), @r#"
    async fn user_loan(&self) -> UserResult {
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("user_loan"),
        );
        if call.listens() {
            call.subject(&self.0);
        }
        call.run_async(
                async move {
                    if let ::testimony::__private::Some(never) = ::testimony::__private::None::<
                        UserResult,
                    > {
                        return never;
                    }
                    user().await?;
                    user_answer()
                },
                |result| {
                    use ::testimony::__private::{
                        ViaAny as _, ViaDebug as _, ViaDisplay as _,
                    };
                    (&&&::testimony::__private::Probe(result)).ending()
                },
            )
            .await
    }
    "#);
}

#[test]
fn a_function_that_returns_an_unnamed_type() {
    let whole = quote!(
        fn user_loan() -> impl UserTrait {
            user()
        }
    );
    insta::assert_snapshot!(decided(quote!(), &whole), @r#"
    fn user_loan() -> impl UserTrait {
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("user_loan"),
        );
        call.run(move || { user() }, ::testimony::__private::plain)
    }
    "#);
}

#[test]
fn a_function_that_returns_a_partly_unnamed_type() {
    let inside = quote!(
        async fn user_loan() -> UserResult<impl UserTrait, UserError> {
            user()
        }
    );
    insta::assert_snapshot!(decided(quote!(), &inside), @r#"
    async fn user_loan() -> UserResult<impl UserTrait, UserError> {
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("user_loan"),
        );
        call.run_async(
                async move {
                    if let ::testimony::__private::Some(never) = ::testimony::__private::None::<
                        UserResult<_, UserError>,
                    > {
                        return never;
                    }
                    user()
                },
                |result| {
                    use ::testimony::__private::{
                        ViaAny as _, ViaDebug as _, ViaDisplay as _,
                    };
                    (&&&::testimony::__private::Probe(result)).ending()
                },
            )
            .await
    }
    "#);
}

#[test]
fn a_function_that_fails_closed() {
    let whole = quote!(
        fn user_loan(user: User) -> UserResult {
            user()
        }
    );
    insta::assert_snapshot!(decided(quote!(durable, subject = user.id), &whole), @r#"
    fn user_loan(user: User) -> UserResult {
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("user_loan"),
        );
        if call.listens() {
            call.subject(&user.id);
        }
        call.durable()
            .run(
                move || -> UserResult { user() },
                |result| {
                    use ::testimony::__private::{
                        ViaAny as _, ViaDebug as _, ViaDisplay as _,
                    };
                    (&&&::testimony::__private::Probe(result)).ending()
                },
                ::testimony::__private::not_kept,
            )
    }
    "#);
}

#[test]
fn an_async_function_that_fails_closed_with_an_intent() {
    let whole = quote!(
        async fn user_loan(user: User) -> UserResult {
            user()
        }
    );
    insta::assert_snapshot!(decided(quote!(durable, intent, subject = user.id), &whole), @r#"
    async fn user_loan(user: User) -> UserResult {
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("user_loan"),
        );
        if call.listens() {
            call.subject(&user.id);
        }
        call.durable()
            .with_intent()
            .run_async(
                async move {
                    if let ::testimony::__private::Some(never) = ::testimony::__private::None::<
                        UserResult,
                    > {
                        return never;
                    }
                    user()
                },
                |result| {
                    use ::testimony::__private::{
                        ViaAny as _, ViaDebug as _, ViaDisplay as _,
                    };
                    (&&&::testimony::__private::Probe(result)).ending()
                },
                ::testimony::__private::not_kept,
            )
            .await
    }
    "#);
}

#[test]
fn an_intent_that_nobody_waits_for() {
    let whole = quote!(
        fn user_loan(user: User) -> User {
            user
        }
    );
    insta::assert_snapshot!(decided(quote!(intent, subject = user.id), &whole), @r#"
    fn user_loan(user: User) -> User {
        let call = ::testimony::__private::Call::begin(
            ::testimony::__private::span!("user_loan"),
        );
        if call.listens() {
            call.subject(&user.id);
        }
        call.intend();
        call.run(
            move || -> User { user },
            |result| {
                use ::testimony::__private::{ViaAny as _, ViaDebug as _, ViaDisplay as _};
                (&&&::testimony::__private::Probe(result)).ending()
            },
        )
    }
    "#);
}

const METHOD: &str = "
    fn user_loan<'life0, 'async_trait>(
        &'life0 self,
    ) -> ::user::Pin<Box<dyn ::user::Future<Output = UserResult> + ::user::Send + 'async_trait>>
    where
        'life0: 'async_trait,
    {
        Box::pin(async move {
            let user_self = self;
            user_self.answer()
        })
    }
";

#[test]
fn a_method_under_async_trait() {
    insta::assert_snapshot!(decided(quote!(subject = self.0), &tokens(METHOD)), @r#"
    fn user_loan<'life0, 'async_trait>(
        &'life0 self,
    ) -> ::user::Pin<
        Box<dyn ::user::Future<Output = UserResult> + ::user::Send + 'async_trait>,
    >
    where
        'life0: 'async_trait,
    {
        Box::pin(async move {
            let call = ::testimony::__private::Call::begin(
                ::testimony::__private::span!("user_loan"),
            );
            if call.listens() {
                call.subject(&self.0);
            }
            call.run_async(
                    async move {
                        if let ::testimony::__private::Some(never) = ::testimony::__private::None::<
                            UserResult,
                        > {
                            return never;
                        }
                        let user_self = self;
                        user_self.answer()
                    },
                    |result| {
                        use ::testimony::__private::{
                            ViaAny as _, ViaDebug as _, ViaDisplay as _,
                        };
                        (&&&::testimony::__private::Probe(result)).ending()
                    },
                )
                .await
        })
    }
    "#);
}

#[test]
fn another_path_to_testimony() {
    let call = quote!(user, crate = user::recorder);
    insta::assert_snapshot!(statement(prompt::expand(call)), @r#"
    if let user::recorder::__private::Some(current) = user::recorder::__private::current() {
        current
            .part(
                user::recorder::__private::Role::Prompt,
                user::recorder::__private::None,
                &user,
            );
    }
    "#);
    let options = quote!(crate = user::recorder);
    insta::assert_snapshot!(decided(options, &quote!(fn user_loan() -> User { user() })), @r#"
    fn user_loan() -> User {
        let call = user::recorder::__private::Call::begin(
            user::recorder::__private::span!("user_loan"),
        );
        call.run(
            move || -> User { user() },
            |result| {
                use user::recorder::__private::{ViaAny as _, ViaDebug as _, ViaDisplay as _};
                (&&&user::recorder::__private::Probe(result)).ending()
            },
        )
    }
    "#);
}

/// Every path that is neither the user's, nor the hook's, nor one of our locals.
struct Strangers {
    hook: String,
    found: Vec<String>,
}

const LOCALS: [&str; 7] = ["call", "current", "fields", "never", "outcome", "result", "field0"];

impl Strangers {
    fn meet(&mut self, path: &impl ToTokens) {
        let path = path.to_token_stream().to_string().replace(' ', "");
        let users = path.trim_start_matches("::").to_lowercase().starts_with("user");
        let hooks = path.starts_with(&self.hook);
        if !(users && !path.contains("__private") || hooks || LOCALS.contains(&path.as_str())) {
            self.found.push(path);
        }
    }
}

impl<'ast> Visit<'ast> for Strangers {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.meet(path);
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let (colon, tree) = (&item.leading_colon, &item.tree);
        self.meet(&quote!(#colon #tree));
    }
}

fn strangers(hook: &str, expansion: &TokenStream) -> Vec<String> {
    let file = syn::parse2(quote!(fn user() { #expansion })).expect("valid syntax");
    let mut strangers = Strangers { hook: format!("{hook}::__private::"), found: Vec::new() };
    strangers.visit_file(&file);
    strangers.found
}

const FUNCTIONS: [&str; 10] = [
    "fn user() {}",
    "fn user() -> ! { user() }",
    "fn user() -> User<impl User> { user() }",
    "fn user() -> impl User { user() }",
    "async fn user() {}",
    "async fn user() -> ! { user() }",
    "async fn user(user: User) -> User<'_, impl User> { user() }",
    "async fn user() -> impl User { user() }",
    "fn user() -> impl ::user::Future<Output = User> { async move { user() } }",
    "fn user() -> impl ::user::Future { ::user::Box::pin(async { user() }) }",
];

/// Every form of every macro, with `other` as an additional argument.
fn every_expansion(other: &TokenStream) -> Vec<TokenStream> {
    let statements = [
        prompt::expand(quote!(user, #other)),
        prompt::expand(quote!(name = user, #other)),
        context::expand(quote!(user, #other)),
        context::expand(quote!(name = user, other = user, #other)),
        rationale::expand(quote!(user, #other)),
        decision::expand(quote!(user, confidence = user, alternatives = user, #other)),
        constraint::expand(quote!("rule", held = user, limit = user, #other)),
        outcome::expand(quote!(user, user, #other)),
        outcome::expand(quote!(user, "kind", by = user, why = user, shown = user, #other)),
    ];
    let options = quote!(subject = user, model = user, provider = user, operation = user, #other);
    let flags = [quote!(), quote!(durable,), quote!(intent,), quote!(durable, intent,)];
    let functions = flags.iter().flat_map(|flags| {
        let options = quote!(#flags #options);
        FUNCTIONS.iter().map(move |function| decides::expand(options.clone(), &tokens(function)))
    });
    statements
        .into_iter()
        .map(|statement| statement.expect("well formed"))
        .chain(functions)
        .collect()
}

#[test]
fn nothing_is_named_but_the_hook_and_what_the_user_wrote() {
    for expansion in every_expansion(&TokenStream::new()) {
        assert_eq!(strangers("::testimony", &expansion), [""; 0]);
    }
    for expansion in every_expansion(&quote!(crate = user::recorder)) {
        assert_eq!(strangers("user::recorder", &expansion), [""; 0]);
    }
}

#[test]
fn a_stranger_would_be_noticed() {
    let expansion = quote!({
        use core::fmt;
        let call: Option<User> = ::std::option::Option::None;
        ::testimony::other!();
    });
    assert_eq!(
        strangers("::testimony", &expansion),
        ["core::fmt", "Option<User>", "::std::option::Option::None", "::testimony::other"]
    );
}
