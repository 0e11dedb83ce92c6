//! What twins promise, a file for each behaviour. One program, since the engine that it is linked with is large.

mod a_damaged_ledger_is_told_as_far_as_it_goes;
mod a_ledger_that_is_being_written_is_seen_up_to_now;
mod erased_contents_leave_the_twins;
mod every_table_says_what_was_recorded;
mod nothing_can_be_changed_in_sql;
mod several_ledgers_are_one_to_a_question;
mod stale_twins_are_made_again;
mod support;
mod the_documentation_lists_the_tables;
mod twins_hold_what_a_full_read_says;
