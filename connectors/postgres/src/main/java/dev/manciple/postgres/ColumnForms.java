package dev.manciple.postgres;

import dev.manciple.postgres.PgType.Element;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The types Arrow's columns have in the server, of which there are two. Entity rows are <em>carried</em>: every value comes back as it
 * was, and what the server has no like of travels as a number or as bytes only we read. Tables that stay are <em>stored</em>: in types
 * that other programs read, lists as arrays, maps and structs as {@code jsonb}.
 */
final class ColumnForms {
    private ColumnForms() {}

    /** @param field after {@link dev.manciple.sql.Carriage}, which leaves users' times without a zone */
    static PgType carried(Field field) {
        return PgType.of(
                switch (field.getType()) {
                    case ArrowType.Timestamp time when time.getUnit() == TimeUnit.NANOSECOND -> Element.INT8;
                    case ArrowType.Time time -> Element.INT8;
                    case ArrowType other -> isNested(other) ? Element.BYTEA : scalar(field);
                });
    }

    /** @param field as users know it */
    static PgType stored(Field field) {
        return switch (field.getType()) {
            case ArrowType.List list -> storedList(field.getChildren().getFirst());
            case ArrowType.LargeList list -> storedList(field.getChildren().getFirst());
            case ArrowType.FixedSizeList list -> storedList(field.getChildren().getFirst());
            case ArrowType.Struct struct -> PgType.of(isZonedTime(field) ? Element.TEXT : Element.JSONB);
            case ArrowType.Map map -> PgType.of(Element.JSONB);
            case ArrowType other -> PgType.of(scalar(field));
        };
    }

    private static PgType storedList(Field element) {
        PgType type = stored(element);
        return type.array() || type.element() == Element.JSONB
                ? PgType.of(Element.JSONB)
                : PgType.arrayOf(type.element());
    }

    private static Element scalar(Field field) {
        return switch (field.getType()) {
            case ArrowType.Bool bool -> Element.BOOL;
            case ArrowType.Int number -> integer(number);
            case ArrowType.FloatingPoint real ->
                switch (real.getPrecision()) {
                    case HALF, SINGLE -> Element.FLOAT4;
                    case DOUBLE -> Element.FLOAT8;
                };
            case ArrowType.Decimal decimal -> Element.NUMERIC;
            case ArrowType.Binary bytes -> Element.BYTEA;
            case ArrowType.LargeBinary bytes -> Element.BYTEA;
            case ArrowType.BinaryView bytes -> Element.BYTEA;
            case ArrowType.FixedSizeBinary bytes -> Element.BYTEA;
            case ArrowType.Date date -> date.getUnit() == DateUnit.DAY ? Element.DATE : Element.TIMESTAMP;
            case ArrowType.Timestamp time -> time.getTimezone() == null ? Element.TIMESTAMP : Element.TIMESTAMPTZ;
            case ArrowType text -> Element.TEXT;
        };
    }

    private static Element integer(ArrowType.Int type) {
        int bitsOfValue = type.getIsSigned() ? type.getBitWidth() : type.getBitWidth() + 1;
        if (bitsOfValue <= 16) {
            return Element.INT2;
        }
        if (bitsOfValue <= 32) {
            return Element.INT4;
        }
        return bitsOfValue <= 64 ? Element.INT8 : Element.NUMERIC;
    }

    /** Whether what is carried is what other programs read, but for a time whose zone was left behind. */
    static boolean isStoredAsCarried(Field field) {
        return switch (field.getType()) {
            case ArrowType.Bool bool -> true;
            case ArrowType.Int number -> true;
            case ArrowType.FloatingPoint real -> real.getPrecision() != FloatingPointPrecision.HALF;
            case ArrowType.Decimal decimal -> true;
            case ArrowType.Utf8 text -> true;
            case ArrowType.LargeUtf8 text -> true;
            case ArrowType.Utf8View text -> true;
            case ArrowType.Binary bytes -> true;
            case ArrowType.LargeBinary bytes -> true;
            case ArrowType.BinaryView bytes -> true;
            case ArrowType.FixedSizeBinary bytes -> true;
            case ArrowType.Date date -> true;
            case ArrowType.Timestamp time -> time.getUnit() != TimeUnit.NANOSECOND;
            case ArrowType other -> false;
        };
    }

    static boolean isZoned(ArrowType type) {
        return type instanceof ArrowType.Timestamp time && time.getTimezone() != null;
    }

    static boolean isNested(ArrowType type) {
        return switch (type) {
            case ArrowType.Struct struct -> true;
            case ArrowType.List list -> true;
            case ArrowType.FixedSizeList list -> true;
            case ArrowType.Map map -> true;
            case ArrowType other -> false;
        };
    }

    /** Manciple's own way to keep a time and its zone in Arrow. */
    static boolean isZonedTime(Field field) {
        List<Field> parts = field.getChildren();
        return field.getType() instanceof ArrowType.Struct
                && parts.size() == 2
                && parts.getFirst().getName().equals("timestamp")
                && parts.getFirst().getType() instanceof ArrowType.Timestamp
                && parts.getLast().getName().equals("zone")
                && parts.getLast().getType() instanceof ArrowType.Utf8;
    }
}
