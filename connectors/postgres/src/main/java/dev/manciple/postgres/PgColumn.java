package dev.manciple.postgres;

import dev.manciple.postgres.PgType.Element;
import dev.manciple.sql.Types;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * A column of a table or query as the server describes it.
 *
 * @param typeName the catalog's
 * @param precision of a {@code numeric}; 0 where it has none
 */
record PgColumn(String name, String typeName, int precision, int scale) {
    private static final int MOST_DECIMAL_DIGITS = 38;

    /** Empty for types whose binary form is not read here, which have to be cast to text. */
    Optional<PgType> type() {
        return PgType.named(typeName).filter(type -> type.element() != Element.NUMERIC || isDecimal(type));
    }

    private boolean isDecimal(PgType type) {
        return !type.array() && precision > 0 && precision <= MOST_DECIMAL_DIGITS;
    }

    /** The column cast to another type. */
    PgColumn as(PgType other) {
        return new PgColumn(name, other.typeName(), 0, 0);
    }

    /** Whether values can be stored here without losing their meaning or fractions. */
    boolean takes(Field given) {
        Optional<PgType> type = type();
        if (type.isEmpty()) {
            return Types.fits(
                    given,
                    as(PgType.of(isNumeric() ? Element.FLOAT8 : Element.TEXT)).field());
        }
        boolean text = field().getType() instanceof ArrowType.Utf8;
        return (text && ColumnForms.isNested(given.getType())) || Types.fits(given, field());
    }

    boolean isNumeric() {
        return typeName.equals("numeric") || typeName.equals("_numeric");
    }

    /** The column in Arrow. */
    Field field() {
        PgType type = type().orElse(PgType.of(Element.TEXT));
        return type.array()
                ? new Field(
                        name,
                        FieldType.nullable(ArrowType.List.INSTANCE),
                        List.of(Field.nullable("item", arrow(type.element()))))
                : Field.nullable(name, arrow(type.element()));
    }

    private ArrowType arrow(Element element) {
        return switch (element) {
            case BOOL -> ArrowType.Bool.INSTANCE;
            case INT2 -> new ArrowType.Int(16, true);
            case INT4 -> new ArrowType.Int(32, true);
            case INT8 -> new ArrowType.Int(64, true);
            case FLOAT4 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case FLOAT8 -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case NUMERIC -> new ArrowType.Decimal(precision, scale, 128);
            case TEXT, VARCHAR, JSON, JSONB -> ArrowType.Utf8.INSTANCE;
            case BYTEA -> ArrowType.Binary.INSTANCE;
            case DATE -> new ArrowType.Date(DateUnit.DAY);
            case TIMESTAMP -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
            case TIMESTAMPTZ -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
        };
    }
}
