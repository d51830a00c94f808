//! Every row of one store into another, empty one, of whichever engine: all or nothing, and compared before it counts.

use std::fmt;

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Row, SqlSafeStr as _, Type};

use super::engine::{Conn, Db, Tx, on};
use super::{Store, StoreError};

/// Rows of one statement, and what they may weigh: either is enough.
const ROWS: usize = 200;
const BYTES: usize = 4 << 20;
/// Tables that say who is at work now, not what happened; and the one of search, which is made from the others.
const NOT_CARRIED: [&str; 3] = ["node", "delivery_run", "searchable"];

/// A table that was carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Its name.
    pub table: String,
    /// What it holds, the same on both sides.
    pub content: Content,
}

/// What a table holds: rows, and a sum over their hashes in which their order does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Content {
    /// How many.
    pub rows: u64,
    sum: u128,
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, checksum {:032x}", self.rows, self.sum)
    }
}

/// A value of one of the three types that the schema uses.
enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Text,
    Bytes,
}

struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

impl Store {
    /// Carries every row over into `target`, which must be empty and stays so until all of it is there and compared.
    pub async fn carry_into(&self, target: &Store) -> Result<Vec<Carried>, StoreError> {
        let tables = tables(self, target).await?;
        let mut from = snapshot(&self.db).await?;
        let mut into = target.begin().await?;
        let mut carried = Vec::new();
        for table in tables {
            if content(&mut into.conn(), &table).await?.rows > 0 {
                return Err(StoreError::NotEmpty { table: table.name });
            }
            let there = copy(&mut from.conn(), &mut into.conn(), &table).await?;
            let here = content(&mut into.conn(), &table).await?;
            if here != there {
                let what = format!("{there} became {here}");
                return Err(StoreError::corrupt("copied", &table.name, &what));
            }
            carried.push(Carried { table: table.name, content: here });
        }
        into.commit().await?;
        Ok(carried)
    }
}

/// One state of everything, however long reading takes.
async fn snapshot(db: &Db) -> Result<Tx, StoreError> {
    match db {
        Db::Sqlite { .. } => db.begin().await,
        Db::Postgres(pool) => {
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            let mut tx = pool.begin_with(begin).await?;
            sqlx::query("SET LOCAL statement_timeout = 0").execute(&mut *tx).await?;
            Ok(Tx::Postgres(tx))
        }
    }
}

/// The tables as SQLite, which one side always is, has them: in the order in which they were made, so that what others refer
/// to comes first.
async fn tables(from: &Store, into: &Store) -> Result<Vec<Table>, StoreError> {
    let sqlite = if matches!(from.db, Db::Sqlite { .. }) { from } else { into };
    let mut lease = sqlite.read().await?;
    let conn = &mut lease.conn();
    // Tables that belong to a search index are made from the others.
    let names: Vec<String> = on!(conn, x => sqlx::query_scalar(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_list l ON l.name = m.name AND l.schema = 'main' \
         WHERE l.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name <> '_sqlx_migrations' \
         ORDER BY m.rowid"
    ).fetch_all(x).await)?;
    let mut tables = Vec::new();
    for name in names.into_iter().filter(|name| !NOT_CARRIED.contains(&name.as_str())) {
        let columns: Vec<(String, String)> = on!(conn, x => sqlx::query_as(
            "SELECT name, type FROM pragma_table_info($1) ORDER BY cid"
        ).bind(&name).fetch_all(x).await)?;
        let columns = columns.into_iter().map(|(column, kind)| (column, Kind::of(&kind)));
        tables.push(Table { columns: columns.collect(), name });
    }
    Ok(tables)
}

impl Kind {
    fn of(declared: &str) -> Self {
        match declared {
            "BIGINT" => Self::Number,
            "BLOB" | "BYTEA" => Self::Bytes,
            _ => Self::Text,
        }
    }
}

/// What a table holds, row by row.
async fn content(conn: &mut Conn<'_>, table: &Table) -> Result<Content, StoreError> {
    let mut content = Content::default();
    let sql = AssertSqlSafe(table.select()).into_sql_str();
    on!(conn, x => {
        let mut rows = sqlx::query(sql).fetch(x);
        while let Some(row) = rows.try_next().await? {
            content.add(&table.read(&row)?);
        }
    });
    Ok(content)
}

/// Copies all rows; gives what was read.
async fn copy(
    from: &mut Conn<'_>,
    into: &mut Conn<'_>,
    table: &Table,
) -> Result<Content, StoreError> {
    let mut content = Content::default();
    let mut waiting = Vec::new();
    let mut weight = 0;
    let sql = AssertSqlSafe(table.select()).into_sql_str();
    on!(from, x => {
        let mut rows = sqlx::query(sql).fetch(x);
        while let Some(row) = rows.try_next().await? {
            let row = table.read(&row)?;
            content.add(&row);
            weight += row.iter().map(Value::weight).sum::<usize>();
            waiting.push(row);
            if waiting.len() == ROWS || weight > BYTES {
                insert(into, table, std::mem::take(&mut waiting)).await?;
                weight = 0;
            }
        }
    });
    if !waiting.is_empty() {
        insert(into, table, waiting).await?;
    }
    Ok(content)
}

async fn insert(
    conn: &mut Conn<'_>,
    table: &Table,
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    let sql = AssertSqlSafe(table.insert(rows.len())).into_sql_str();
    on!(conn, x => {
        let query = rows.into_iter().flatten().fold(sqlx::query(sql), |query, value| match value {
            Value::Number(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
        });
        // Not worth remembering: its length is that of the last few rows.
        query.persistent(false).execute(x).await.map(drop)
    })?;
    Ok(())
}

impl Table {
    fn columns(&self) -> String {
        self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }

    fn select(&self) -> String {
        format!("SELECT {} FROM \"{}\"", self.columns(), self.name)
    }

    fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = |row: usize| {
            let places: Vec<String> =
                (1..=width).map(|i| format!("${}", row * width + i)).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!("INSERT INTO \"{}\" ({}) VALUES {}", self.name, self.columns(), rows.join(", "))
    }

    fn read<'r, R: Row>(&self, row: &'r R) -> sqlx::Result<Vec<Value>>
    where
        usize: ColumnIndex<R>,
        Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
        Option<String>: Decode<'r, R::Database> + Type<R::Database>,
        Option<Vec<u8>>: Decode<'r, R::Database> + Type<R::Database>,
    {
        let value = |(index, (_, kind)): (usize, &(String, Kind))| {
            Ok(match kind {
                Kind::Number => Value::Number(row.try_get(index)?),
                Kind::Text => Value::Text(row.try_get(index)?),
                Kind::Bytes => Value::Bytes(row.try_get(index)?),
            })
        };
        self.columns.iter().enumerate().map(value).collect()
    }
}

impl Value {
    fn weight(&self) -> usize {
        match self {
            Self::Number(_) => 8,
            Self::Text(text) => text.as_ref().map_or(0, String::len),
            Self::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
        }
    }

    /// Unmistakable: with its type, whether it is there, and its length.
    fn hash(&self, hash: &mut Sha256) {
        let mut put = |tag: u8, bytes: Option<&[u8]>| {
            hash.update([tag, u8::from(bytes.is_some())]);
            hash.update(bytes.map_or(0, <[u8]>::len).to_le_bytes());
            hash.update(bytes.unwrap_or_default());
        };
        match self {
            Self::Number(number) => put(0, number.map(i64::to_le_bytes).as_ref().map(|b| &b[..])),
            Self::Text(text) => put(1, text.as_ref().map(String::as_bytes)),
            Self::Bytes(bytes) => put(2, bytes.as_deref()),
        }
    }
}

impl Content {
    fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            value.hash(&mut hash);
        }
        let hash = hash.finalize();
        let half =
            hash.iter().take(16).fold(0, |number: u128, byte| number << 8 | u128::from(*byte));
        self.rows += 1;
        self.sum = self.sum.wrapping_add(half);
    }
}
