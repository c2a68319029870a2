"""Kinds of syntax-tree nodes a query may be made of, apart from function calls."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.expressions.datatypes import DType

QUERIES: tuple[type[exp.Expr], ...] = (
    exp.Select,
    exp.Union,
    exp.Except,
    exp.Intersect,
    exp.Subquery,
)

_CLAUSES: tuple[type[exp.Expr], ...] = (
    exp.With,
    exp.CTE,
    exp.From,
    exp.Join,
    exp.Where,
    exp.Group,
    exp.Rollup,
    exp.Cube,
    exp.GroupingSets,
    exp.Having,
    exp.Qualify,
    exp.Order,
    exp.Ordered,
    exp.Limit,
    exp.Fetch,
    exp.LimitOptions,
    exp.Offset,
    exp.Distinct,
    exp.Window,
    exp.WindowSpec,
    exp.Filter,
    exp.WithinGroup,
    exp.IgnoreNulls,
    exp.RespectNulls,
    exp.Values,
)

_NAMES_AND_VALUES: tuple[type[exp.Expr], ...] = (
    exp.Table,
    exp.TableAlias,
    exp.Alias,
    exp.Column,
    exp.Identifier,
    exp.Star,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.National,
    exp.HexString,
    exp.Paren,
    exp.Tuple,
    exp.Array,
    exp.Var,
    exp.Interval,
    exp.DataType,
    exp.DataTypeParam,
    exp.JSONPath,
    exp.JSONPathRoot,
    exp.JSONPathKey,
    exp.JSONPathSubscript,
)

_OPERATORS: tuple[type[exp.Expr], ...] = (
    exp.And,
    exp.Or,
    exp.Xor,
    exp.Not,
    exp.Neg,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Is,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.In,
    exp.Between,
    exp.Like,
    exp.ILike,
    exp.SimilarTo,
    exp.Escape,
    exp.RegexpLike,
    exp.RegexpILike,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.IntDiv,
    exp.Mod,
    exp.DPipe,
    exp.BitwiseAnd,
    exp.BitwiseOr,
    exp.BitwiseXor,
    exp.BitwiseNot,
    exp.Exists,
    exp.Any,
    exp.All,
    exp.Case,
    exp.Cast,
    exp.TryCast,
    exp.AtTimeZone,
    exp.Collate,
)

ALLOWED_NODES: frozenset[type[exp.Expr]] = frozenset(
    (*QUERIES, *_CLAUSES, *_NAMES_AND_VALUES, *_OPERATORS)
)

ALLOWED_TYPES: frozenset[DType] = frozenset(
    (
        *exp.DataType.TEXT_TYPES,
        *exp.DataType.NUMERIC_TYPES,
        *exp.DataType.TEMPORAL_TYPES,
        DType.ARRAY,
        DType.BINARY,
        DType.BLOB,
        DType.BOOLEAN,
        DType.INTERVAL,
        DType.JSON,
        DType.JSONB,
        DType.LIST,
        DType.LONGTEXT,
        DType.MEDIUMTEXT,
        DType.TIME,
        DType.TIMETZ,
        DType.UUID,
        DType.VARBINARY,
    )
)

# Arguments of a SELECT that are plain values, not nodes, and change what it does.
ALLOWED_SELECT_ARGUMENTS: frozenset[str] = frozenset(
    (
        "with_",
        "expressions",
        "exclude",
        "distinct",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "qualify",
        "windows",
        "order",
        "limit",
        "offset",
    )
)
