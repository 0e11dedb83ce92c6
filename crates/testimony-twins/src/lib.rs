//! Derived Parquet files of a ledger's segments, and the query engine over them; never evidence.
