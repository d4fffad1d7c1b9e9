package dev.manciple.postgres;

import dev.manciple.sql.Sql;
import java.util.Optional;

/**
 * A type of the server that has a binary form here: one of its own, or an array of it.
 *
 * @param array of one dimension
 */
record PgType(Element element, boolean array) {
    /** The types without parts, with the numbers by which arrays name them on the wire. */
    enum Element {
        BOOL(16, "bool"),
        INT2(21, "int2"),
        INT4(23, "int4"),
        INT8(20, "int8"),
        FLOAT4(700, "float4"),
        FLOAT8(701, "float8"),
        NUMERIC(1700, "numeric"),
        TEXT(25, "text"),
        VARCHAR(1043, "varchar"),
        BYTEA(17, "bytea"),
        DATE(1082, "date"),
        TIMESTAMP(1114, "timestamp"),
        TIMESTAMPTZ(1184, "timestamptz"),
        JSON(114, "json"),
        JSONB(3802, "jsonb");

        private final int oid;
        private final String typeName;

        Element(int oid, String typeName) {
            this.oid = oid;
            this.typeName = typeName;
        }

        int oid() {
            return oid;
        }
    }

    static PgType of(Element element) {
        return new PgType(element, false);
    }

    static PgType arrayOf(Element element) {
        return new PgType(element, true);
    }

    /** The type the server's catalog calls so; empty for one of the many others. */
    static Optional<PgType> named(String typeName) {
        boolean array = typeName.startsWith("_");
        String element = array ? typeName.substring(1) : typeName;
        for (Element each : Element.values()) {
            if (each.typeName.equals(element)) {
                return Optional.of(new PgType(each, array));
            }
        }
        return Optional.empty();
    }

    /** What the server's catalog calls it. */
    String typeName() {
        return (array ? "_" : "") + element.typeName;
    }

    /** As SQL writes it. */
    Sql sql() {
        return Sql.quoted(typeName(), '"');
    }
}
