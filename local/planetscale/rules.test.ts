import { describe, expect, test } from 'vitest';
import { readStatement } from './rules.ts';

function refuse(sql: string): string | undefined {
  return readStatement(sql).refusal?.message;
}

describe('statements that production refuses', () => {
  test.each([
    ["select * from json_table('[1]', '$[*]' columns (a int path '$')) as t", 'json_table'],
    ['select * from a, lateral (select * from b where b.a = a.id) c', 'lateral'],
    ['select @n := 1', 'assignment'],
    [
      'with recursive t as (select 1 as n union all select n + 1 from t where n < 5) select * from t',
      'recursive',
    ],
    ['create view v as with recursive t as (select 1) select * from t', 'recursive'],
    ['insert into t (a) values (1) as new on duplicate key update a = new.a', 'row alias'],
    ['INSERT INTO t VALUES (1, 2), (3, 4) AS `new` (x, y) ON DUPLICATE KEY UPDATE b = x', 'row alias'],
    ['insert into t set a = 1 as new on duplicate key update a = new.a', 'row alias'],
    ['select 1; select 2', 'several statements'],
    ['select 1;;drop table t', 'several statements'],
    ['select /*! sql_no_cache */ 1', 'version comments'],
    ['create procedure p() select 1', 'create procedure'],
    ['create function f() returns int return 1', 'create function'],
    ['create trigger x before insert on t for each row set new.a = 1', 'create trigger'],
    ['create event e on schedule every 1 hour do select 1', 'create event'],
    ['call p()', 'call p'],
    ["load data infile 'x' into table t", 'load data'],
    ["/* harmless */ load data local infile 'x' into table t", 'load data'],
    ['kill 12', 'kill'],
    ['create database x', 'create database'],
    ['create schema x', 'create schema'],
    ['drop database x', 'drop database'],
    ['create temporary table t (id int primary key)', 'create temporary'],
    ['alter table t rename column a to b', 'renaming a column'],
    ['alter table t rename to u', 'renaming a table'],
    ['alter table t add column x varchar(10), rename as u', 'renaming a table'],
    ['rename table a to b', 'rename table'],
    ['use mysql', 'use mysql'],
    ["set names 'latin1'", 'set names'],
    ["set session sql_mode = ''", 'set session'],
    ['lock tables t write', 'lock tables'],
    ["select get_lock('x', 1)", 'named locks'],
    ["select 1 into outfile '/tmp/x'", 'select into'],
    ['select 1 into @a', 'select into'],
    ["select load_file('/etc/passwd')", 'load_file'],
    ["prepare s from 'select 1'", 'prepare s'],
    ['grant all on *.* to x', 'grant all'],
    ['', '(empty)'],
  ])('%s', (sql, reason) => {
    const message = refuse(sql);
    expect(message).toMatch(/^VT12001: unsupported: .* \(errno 1235\) \(sqlstate 42000\)$/);
    expect(message).toContain(reason);
  });
});

describe('statements that only look like it', () => {
  test.each([
    ['select \'json_table(\', "lateral; := " from t'],
    ["select 'it''s := \\' ; lateral' from t"],
    ['select `lateral`, `json_table` from `with recursive`'],
    ['select t.lateral from t'],
    ['select 1 -- ; select 2 := lateral\n from t'],
    ['select 1 # ; drop database x'],
    ['select /* with recursive */ 1'],
    ["insert into t (a) values (' as new on duplicate key update') on duplicate key update a = values(a)"],
    ['insert into t (a) select b as a from u'],
    ['insert into t (a) values (cast(1 as unsigned)) on duplicate key update a = cast(2 as unsigned)'],
    ['insert into `as` (a) values (1)'],
    ['with t as (select 1) select * from t'],
    ['(select 1) union (select 2) order by 1'],
    ['select 1;'],
    ['  select 1 ;  '],
    ['alter table t rename index a to b'],
    ['alter table t add column `rename` int'],
    ['create table t (id bigint primary key)'],
    ['create unique index x on t (a)'],
    ['create or replace view v as select 1'],
    ["select json_value(a, '$.b' returning unsigned) from t"],
    ['select 5-- 3'],
    ['savepoint sp1'],
    ['rollback to savepoint sp1'],
    ['release savepoint sp1'],
    ['truncate table t'],
    ['show tables'],
    ['describe t'],
    ['update t set a = last_insert_id(a + 1)'],
  ])('%s', (sql) => {
    expect(refuse(sql)).toBeUndefined();
  });

  test('a long text full of escapes, unclosed, is read in no time', () => {
    const sql = `select '${"\\'".repeat(200_000)}`;
    expect(readStatement(sql).digest).toBe('select ?');
  });
});

describe('kinds', () => {
  test.each([
    ['BEGIN', 'begin'],
    ['start transaction read only', 'begin'],
    ['commit', 'commit'],
    ['ROLLBACK', 'rollback'],
    ['rollback to savepoint a', 'other'],
    ['rollback work to a', 'other'],
    ['update t set a = 1', 'change'],
    ['delete from t', 'change'],
    ['insert into t select * from u', 'change'],
    ['replace into t select * from u', 'change'],
    ['with x as (select 1) delete from t', 'change'],
    ["insert into t values ('select')", 'other'],
    ['select 1', 'other'],
  ])('%s is %s', (sql, kind) => {
    expect(readStatement(sql).kind).toBe(kind);
  });

  test.each(['select last_insert_id()', 'select row_count()', 'SELECT FOUND_ROWS( )'])(
    '%s has a meaning in a transaction only',
    (sql) => {
      expect(readStatement(sql).needsTransaction).toBe(true);
    },
  );
});

test('statements that differ in values and lengths of lists are counted as one', () => {
  const digests = [
    "select `a` from `t` where `id` in (1, 2) and `b` = 'x'",
    "select `a` from `t`\n  where `id` in (1, 2, 3) and `b` = 'it''s' -- why",
    'select `a` from `t` where `id` in (0x1F, 2.5e3) and `b` = "y"',
  ].map((sql) => readStatement(sql).digest);
  expect(new Set(digests)).toEqual(new Set(['select `a` from `t` where `id` in (?, …) and `b` = ?']));
  expect(readStatement("insert into t (a, b) values (1, 'x'), (2, null), (3, default)").digest).toBe(
    'insert into t (a, b) values (?, …), …',
  );
  expect(readStatement('insert into t (a) values (1), (2)').digest).toBe('insert into t (a) values (?), …');
});
