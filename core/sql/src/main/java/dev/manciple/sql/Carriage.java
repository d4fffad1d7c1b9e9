package dev.manciple.sql;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * How entity rows travel through an engine and come back unchanged. An engine has one time with a zone and one kind of text, where
 * Arrow has units, zones and widths; so a column the engine would alter travels under a type of the same bytes that it keeps.
 * Names that an engine cannot tell apart, because it ignores case, travel under others.
 */
public final class Carriage {
    private Carriage() {}

    /**
     * The entity rows' columns as the engine gets them and, as their fields, as users get them back.
     *
     * @throws InvalidRequestException naming a column no engine can carry
     */
    public static List<Column> columns(Schema spine) {
        Set<String> taken = new HashSet<>();
        List<Column> columns = new ArrayList<>();
        for (Field field : spine.getFields()) {
            columns.add(new Column(unique(field.getName(), taken), returned(field)));
        }
        return columns;
    }

    /** The types under which the columns travel. */
    public static Schema travelling(List<Column> columns) {
        return new Schema(columns.stream()
                .map(column -> renamed(carrier(column.field()), column.name()))
                .toList());
    }

    /** The types under which all columns of a result travel, those of the entity rows among them. */
    static Schema travelling(Schema result) {
        return new Schema(result.getFields().stream().map(Carriage::carrier).toList());
    }

    private static String unique(String name, Set<String> taken) {
        String candidate = name;
        for (int n = 2; !taken.add(candidate.toLowerCase(Locale.ROOT)); n++) {
            candidate = name + "_" + n;
        }
        return candidate;
    }

    private static Field carrier(Field field) {
        return new Field(
                field.getName(),
                new FieldType(field.isNullable(), carrier(field.getType()), null),
                field.getChildren().stream().map(Carriage::carrier).toList());
    }

    /** A type of the same bytes that engines keep as it is. */
    private static ArrowType carrier(ArrowType type) {
        return switch (type) {
            case ArrowType.Timestamp time -> new ArrowType.Timestamp(time.getUnit(), null);
            case ArrowType.Date date
            when date.getUnit() == DateUnit.MILLISECOND -> new ArrowType.Timestamp(TimeUnit.MILLISECOND, null);
            case ArrowType.Null none -> ArrowType.Bool.INSTANCE;
            case ArrowType.Time time when isNarrow(time) -> new ArrowType.Int(32, true);
            case ArrowType.Duration duration -> new ArrowType.Int(64, true);
            case ArrowType.Interval interval
            when interval.getUnit() == IntervalUnit.YEAR_MONTH -> new ArrowType.Int(32, true);
            case ArrowType.FloatingPoint real
            when real.getPrecision() == FloatingPointPrecision.HALF -> new ArrowType.Int(16, true);
            case ArrowType other -> other;
        };
    }

    private static boolean isNarrow(ArrowType.Time time) {
        return time.getBitWidth() == 32;
    }

    /** What users get back: their own type, save for wide and view layouts inside lists, maps and structs. */
    private static Field returned(Field field) {
        requireCarriable(field, field.getName());
        return new Field(
                field.getName(),
                field.getFieldType(),
                field.getChildren().stream().map(Carriage::nested).toList());
    }

    private static Field nested(Field field) {
        return new Field(
                field.getName(),
                new FieldType(field.isNullable(), narrow(field.getType()), null, field.getMetadata()),
                field.getChildren().stream().map(Carriage::nested).toList());
    }

    private static ArrowType narrow(ArrowType type) {
        return switch (type) {
            case ArrowType.LargeUtf8 wide -> ArrowType.Utf8.INSTANCE;
            case ArrowType.Utf8View view -> ArrowType.Utf8.INSTANCE;
            case ArrowType.LargeBinary wide -> ArrowType.Binary.INSTANCE;
            case ArrowType.BinaryView view -> ArrowType.Binary.INSTANCE;
            case ArrowType.FixedSizeBinary fixed -> ArrowType.Binary.INSTANCE;
            case ArrowType other -> other;
        };
    }

    private static void requireCarriable(Field field, String column) {
        if (field.getDictionary() != null || !isCarriable(field.getType())) {
            throw new InvalidRequestException(
                    "The column '%s' of the entity rows holds %s%s, which cannot be carried through a join: convert or leave it out"
                            .formatted(
                                    column,
                                    ArrowTypes.title(field.getType()),
                                    field.getDictionary() == null ? "" : " behind a dictionary"));
        }
        field.getChildren().forEach(child -> requireCarriable(child, column));
    }

    private static boolean isCarriable(ArrowType type) {
        return switch (type) {
            case ArrowType.Union union -> false;
            case ArrowType.RunEndEncoded encoded -> false;
            case ArrowType.ListView view -> false;
            case ArrowType.LargeListView view -> false;
            case ArrowType.LargeList list -> false;
            case ArrowType.Decimal decimal -> decimal.getBitWidth() == 128;
            case ArrowType.Interval interval -> interval.getUnit() == IntervalUnit.YEAR_MONTH;
            case ArrowType other -> true;
        };
    }

    private static Field renamed(Field field, String name) {
        return new Field(name, field.getFieldType(), field.getChildren());
    }
}
