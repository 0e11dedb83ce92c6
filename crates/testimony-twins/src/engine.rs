//! Questions in SQL, carried out by Apache `DataFusion` over the twins and what is still being written.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::datasource::{MemTable, TableProvider};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt as _;
use tokio::runtime::Runtime;

use crate::NotAnswered;
use crate::table::{Table, VIEWS};
use crate::twins::{Ledger, Twins};

/// Sorts, joins and groups that need more memory than this are carried on in temporary files.
const MEMORY_BYTES: usize = 1 << 30;

/// The engine over some ledgers. It answers questions and changes nothing.
///
/// ```no_run
/// use testimony_twins::{Engine, Options, Twins};
///
/// let twins = Twins::open(&["testimony-ledger"], &Options::default(), &mut |_| {})?;
/// let engine = Engine::over(&twins)?;
/// for rows in engine.ask("SELECT site, count(*) FROM decisions GROUP BY site")? {
///     println!("{} rows", rows?.num_rows());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Engine {
    context: SessionContext,
    runtime: Runtime,
    /// What the tables rest on.
    files: Vec<PathBuf>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Puts the tables and views in place. The engine sees what the twins saw when they were opened.
    ///
    /// # Errors
    /// When the system refuses a thread, or a ledger's path cannot be written as an address.
    pub fn over(twins: &Twins) -> Result<Self, NotAnswered> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(cores()).build().map_err(NotAnswered::Start)?;
        let context = context().map_err(NotAnswered::of)?;
        runtime.block_on(register(&context, twins)).map_err(NotAnswered::of)?;
        let places = twins.ledgers.iter().flat_map(|ledger| &ledger.segments);
        let files =
            places.flat_map(|place| Table::ALL.map(|table| place.of(table.name()))).collect();
        Ok(Self { context, runtime, files })
    }

    /// Asks one question.
    ///
    /// # Errors
    /// When it is no SQL, names what there is not, or would change something.
    pub fn ask(&self, sql: &str) -> Result<Answer<'_>, NotAnswered> {
        self.runtime.block_on(async {
            let state = self.context.state();
            let statement = state.sql_to_statement(sql, &state.config_options().sql_parser.dialect);
            let statement = statement.map_err(NotAnswered::sql)?;
            let plan = state.statement_to_plan(statement).await.map_err(NotAnswered::sql)?;
            read_only().verify_plan(&plan).map_err(|_| NotAnswered::NotAQuestion)?;
            let frame = self.context.execute_logical_plan(plan).await.map_err(NotAnswered::sql)?;
            let rows = frame.execute_stream().await.map_err(NotAnswered::of)?;
            // A file that was not there when the question was planned would just have no rows.
            if !self.files.iter().all(|file| file.is_file()) {
                return Err(NotAnswered::Gone);
            }
            Ok(Answer { rows, runtime: &self.runtime })
        })
    }
}

/// The rows of an answer, some at a time, in the order that was asked for.
pub struct Answer<'a> {
    rows: SendableRecordBatchStream,
    runtime: &'a Runtime,
}

impl std::fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("schema", &self.schema()).finish_non_exhaustive()
    }
}

impl Answer<'_> {
    /// The names and types of its columns.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }
}

impl Iterator for Answer<'_> {
    type Item = Result<RecordBatch, NotAnswered>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows = self.runtime.block_on(self.rows.next())?;
        Some(rows.map_err(NotAnswered::of))
    }
}

impl NotAnswered {
    fn of(error: DataFusionError) -> Self {
        Self::Failed(error)
    }

    /// What is wrong with the question, without where in the engine it was noticed.
    #[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
    fn sql(error: DataFusionError) -> Self {
        let text = match error.find_root() {
            DataFusionError::Plan(text) => text.clone(),
            DataFusionError::NotImplemented(text) => format!("not supported: {text}"),
            DataFusionError::SchemaError(error, _) => error.to_string(),
            DataFusionError::SQL(error, _) => error.to_string(),
            other => other.to_string(),
        };
        let text = text.split("\n\nbacktrace:").next().unwrap_or_default();
        Self::Sql(text.replace('\n', " ").replace("datafusion.public.", ""))
    }
}

fn read_only() -> SQLOptions {
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false)
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn context() -> Result<SessionContext, DataFusionError> {
    let mut config = SessionConfig::new().with_information_schema(true);
    config = config.with_target_partitions(cores());
    let parquet = &mut config.options_mut().execution.parquet;
    parquet.pushdown_filters = true;
    parquet.reorder_filters = true;
    parquet.schema_force_view_types = false;
    let runtime = RuntimeEnvBuilder::new().with_memory_limit(MEMORY_BYTES, 1.0).build_arc()?;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

async fn register(context: &SessionContext, twins: &Twins) -> Result<(), DataFusionError> {
    for table in Table::ALL {
        let mut all: Option<DataFrame> = None;
        for ledger in &twins.ledgers {
            for provider in providers(ledger, table)? {
                let rows = context.read_table(provider)?.select(columns(ledger, table))?;
                all = Some(match all {
                    None => rows,
                    Some(all) => all.union(rows)?,
                });
            }
        }
        if let Some(all) = all {
            context.register_table(table.name(), all.into_view())?;
        }
    }
    for view in VIEWS {
        let rows = context.sql(view.sql).await?;
        context.register_table(view.name, rows.into_view())?;
    }
    Ok(())
}

/// A file does not say where it lies, so the ledger's path is added here.
fn columns(ledger: &Ledger, table: Table) -> Vec<Expr> {
    let path = lit(ledger.path.display().to_string()).alias("ledger");
    let columns = table
        .columns()
        .into_iter()
        .map(|column| Expr::Column(Column::from_name(column.name)).alias(column.name));
    std::iter::once(path).chain(columns).collect()
}

/// The rows of one ledger's table: those of the twins, and those in memory, which may be none.
fn providers(
    ledger: &Ledger,
    table: Table,
) -> Result<Vec<Arc<dyn TableProvider>>, DataFusionError> {
    let schema = table.schema();
    let rows = ledger.tails.iter().flat_map(|tail| tail.rows(table).cloned()).collect();
    let memory = MemTable::try_new(Arc::clone(&schema), vec![rows])?;
    let mut providers: Vec<Arc<dyn TableProvider>> = vec![Arc::new(memory)];
    let files = ledger.segments.iter().map(|place| url(&place.of(table.name())));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    if !files.is_empty() {
        let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
        let config = ListingTableConfig::new_with_multi_paths(files);
        let config = config.with_listing_options(options).with_schema(schema);
        providers.push(Arc::new(ListingTable::try_new(config)?));
    }
    Ok(providers)
}

/// The address of a file, whatever characters its path is made of.
fn url(path: &Path) -> Result<ListingTableUrl, DataFusionError> {
    let path = std::path::absolute(path)?;
    let url = url::Url::from_file_path(&path)
        .map_err(|()| DataFusionError::Plan(format!("no address for {}", path.display())))?;
    ListingTableUrl::try_new(url, None)
}
