package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * Arrow types as Arrow's own libraries for C++ and Python print them: {@code timestamp[us, tz=UTC]},
 * {@code list<item: int64>}. Feast's file sources tell the types of columns so, and its clients read them.
 */
public final class ArrowTypeText {
    private static final Pattern PLAIN = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern BRACKETS = Pattern.compile("\\[([^]]*)]");
    private static final Pattern PARENTHESES = Pattern.compile("\\((\\d+), *(-?\\d+)\\)");
    private static final String NOT_NULL = " not null";

    private static final Map<String, ArrowType> SIMPLE = Map.ofEntries(
            Map.entry("null", ArrowType.Null.INSTANCE),
            Map.entry("bool", ArrowType.Bool.INSTANCE),
            Map.entry("int8", new ArrowType.Int(8, true)),
            Map.entry("int16", new ArrowType.Int(16, true)),
            Map.entry("int32", new ArrowType.Int(32, true)),
            Map.entry("int64", new ArrowType.Int(64, true)),
            Map.entry("uint8", new ArrowType.Int(8, false)),
            Map.entry("uint16", new ArrowType.Int(16, false)),
            Map.entry("uint32", new ArrowType.Int(32, false)),
            Map.entry("uint64", new ArrowType.Int(64, false)),
            Map.entry("halffloat", new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)),
            Map.entry("float", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)),
            Map.entry("double", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
            Map.entry("string", ArrowType.Utf8.INSTANCE),
            Map.entry("large_string", ArrowType.LargeUtf8.INSTANCE),
            Map.entry("string_view", ArrowType.Utf8View.INSTANCE),
            Map.entry("binary", ArrowType.Binary.INSTANCE),
            Map.entry("large_binary", ArrowType.LargeBinary.INSTANCE),
            Map.entry("binary_view", ArrowType.BinaryView.INSTANCE),
            Map.entry("month_interval", new ArrowType.Interval(IntervalUnit.YEAR_MONTH)),
            Map.entry("day_time_interval", new ArrowType.Interval(IntervalUnit.DAY_TIME)),
            Map.entry("month_day_nano_interval", new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO)));

    private ArrowTypeText() {}

    /** The type of a column, its parts included. */
    public static String write(Field field) {
        return field.getType().accept(new Writer(field));
    }

    /**
     * A nullable column of a type.
     *
     * @throws InvalidRequestException if the text is no type of Arrow's, as where it is one of a database
     */
    public static Field read(String name, String type) {
        Reader reader = new Reader(type);
        Field field = reader.field(name);
        if (!reader.atEnd()) {
            throw reader.unknown();
        }
        return field;
    }

    private static String unit(TimeUnit unit) {
        return switch (unit) {
            case SECOND -> "s";
            case MILLISECOND -> "ms";
            case MICROSECOND -> "us";
            case NANOSECOND -> "ns";
        };
    }

    private static String unit(DateUnit unit) {
        return switch (unit) {
            case DAY -> "date32[day]";
            case MILLISECOND -> "date64[ms]";
        };
    }

    private static String interval(IntervalUnit unit) {
        return switch (unit) {
            case YEAR_MONTH -> "month_interval";
            case DAY_TIME -> "day_time_interval";
            case MONTH_DAY_NANO -> "month_day_nano_interval";
        };
    }

    private static String precision(FloatingPointPrecision precision) {
        return switch (precision) {
            case HALF -> "halffloat";
            case SINGLE -> "float";
            case DOUBLE -> "double";
        };
    }

    /** One method per kind of Arrow type, so that a new kind breaks the build. */
    private record Writer(Field field) implements ArrowType.ArrowTypeVisitor<String> {
        @Override
        public String visit(ArrowType.Null type) {
            return "null";
        }

        @Override
        public String visit(ArrowType.Struct type) {
            return "struct<%s>".formatted(children(Writer::named));
        }

        @Override
        public String visit(ArrowType.List type) {
            return "list<%s>".formatted(elements());
        }

        @Override
        public String visit(ArrowType.LargeList type) {
            return "large_list<%s>".formatted(elements());
        }

        @Override
        public String visit(ArrowType.FixedSizeList type) {
            return "fixed_size_list<%s>[%d]".formatted(elements(), type.getListSize());
        }

        @Override
        public String visit(ArrowType.ListView type) {
            return "list_view<%s>".formatted(elements());
        }

        @Override
        public String visit(ArrowType.LargeListView type) {
            return "large_list_view<%s>".formatted(elements());
        }

        @Override
        public String visit(ArrowType.Union type) {
            return "%s_union<%s>"
                    .formatted(type.getMode().name().toLowerCase(java.util.Locale.ROOT), children(Writer::named));
        }

        @Override
        public String visit(ArrowType.RunEndEncoded type) {
            return "run_end_encoded<%s>".formatted(children(Writer::named));
        }

        @Override
        public String visit(ArrowType.Map type) {
            return "map<%s>".formatted(new Writer(field.getChildren().getFirst()).children(ArrowTypeText::write));
        }

        @Override
        public String visit(ArrowType.Int type) {
            return "%s%d".formatted(type.getIsSigned() ? "int" : "uint", type.getBitWidth());
        }

        @Override
        public String visit(ArrowType.FloatingPoint type) {
            return precision(type.getPrecision());
        }

        @Override
        public String visit(ArrowType.Utf8 type) {
            return "string";
        }

        @Override
        public String visit(ArrowType.Utf8View type) {
            return "string_view";
        }

        @Override
        public String visit(ArrowType.LargeUtf8 type) {
            return "large_string";
        }

        @Override
        public String visit(ArrowType.Binary type) {
            return "binary";
        }

        @Override
        public String visit(ArrowType.BinaryView type) {
            return "binary_view";
        }

        @Override
        public String visit(ArrowType.LargeBinary type) {
            return "large_binary";
        }

        @Override
        public String visit(ArrowType.FixedSizeBinary type) {
            return "fixed_size_binary[%d]".formatted(type.getByteWidth());
        }

        @Override
        public String visit(ArrowType.Bool type) {
            return "bool";
        }

        @Override
        public String visit(ArrowType.Decimal type) {
            return "decimal%d(%d, %d)".formatted(type.getBitWidth(), type.getPrecision(), type.getScale());
        }

        @Override
        public String visit(ArrowType.Date type) {
            return unit(type.getUnit());
        }

        @Override
        public String visit(ArrowType.Time type) {
            return "time%d[%s]".formatted(type.getBitWidth(), unit(type.getUnit()));
        }

        @Override
        public String visit(ArrowType.Timestamp type) {
            String zone = type.getTimezone();
            return "timestamp[%s%s]".formatted(unit(type.getUnit()), zone == null ? "" : ", tz=" + zone);
        }

        @Override
        public String visit(ArrowType.Interval type) {
            return interval(type.getUnit());
        }

        @Override
        public String visit(ArrowType.Duration type) {
            return "duration[%s]".formatted(unit(type.getUnit()));
        }

        @Override
        public String visit(ArrowType.ExtensionType type) {
            return type.storageType().accept(this);
        }

        /** Engines call the elements of a list what they like; Feast's clients know them by Arrow's own name alone. */
        private String elements() {
            return children(element -> named("item", element));
        }

        private String children(Function<Field, String> text) {
            return String.join(", ", field.getChildren().stream().map(text).toList());
        }

        private static String named(Field child) {
            return named(child.getName(), child);
        }

        private static String named(String name, Field child) {
            return "%s: %s%s".formatted(name, write(child), child.isNullable() ? "" : NOT_NULL);
        }
    }

    /** Reads a text from left to right. */
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        boolean atEnd() {
            return at == text.length();
        }

        Field field(String name) {
            String kind = matched(PLAIN).group();
            return switch (kind) {
                case "struct" -> nested(name, ArrowType.Struct.INSTANCE, children());
                case "list" -> nested(name, ArrowType.List.INSTANCE, children());
                case "large_list" -> nested(name, ArrowType.LargeList.INSTANCE, children());
                case "fixed_size_list" -> {
                    List<Field> children = children();
                    yield nested(name, new ArrowType.FixedSizeList(number(bracketed())), children);
                }
                case "map" -> map(name);
                default -> nested(name, scalar(kind), List.of());
            };
        }

        private ArrowType scalar(String kind) {
            return switch (kind) {
                case "timestamp" -> timestamp(bracketed());
                case "duration" -> new ArrowType.Duration(timeUnit(bracketed()));
                case "time32" -> new ArrowType.Time(timeUnit(bracketed()), 32);
                case "time64" -> new ArrowType.Time(timeUnit(bracketed()), 64);
                case "date32" -> date(DateUnit.DAY);
                case "date64" -> date(DateUnit.MILLISECOND);
                case "fixed_size_binary" -> new ArrowType.FixedSizeBinary(number(bracketed()));
                case "decimal128" -> decimal(128);
                case "decimal256" -> decimal(256);
                default -> {
                    ArrowType simple = SIMPLE.get(kind);
                    if (simple == null) {
                        throw unknown();
                    }
                    yield simple;
                }
            };
        }

        private ArrowType date(DateUnit unit) {
            bracketed();
            return new ArrowType.Date(unit);
        }

        private ArrowType decimal(int bits) {
            Matcher numbers = matched(PARENTHESES);
            return new ArrowType.Decimal(number(numbers.group(1)), number(numbers.group(2)), bits);
        }

        private ArrowType timestamp(String parts) {
            int comma = parts.indexOf(", tz=");
            @Nullable String zone = comma < 0 ? null : parts.substring(comma + ", tz=".length());
            return new ArrowType.Timestamp(timeUnit(comma < 0 ? parts : parts.substring(0, comma)), zone);
        }

        private TimeUnit timeUnit(String unit) {
            return switch (unit) {
                case "s" -> TimeUnit.SECOND;
                case "ms" -> TimeUnit.MILLISECOND;
                case "us" -> TimeUnit.MICROSECOND;
                case "ns" -> TimeUnit.NANOSECOND;
                default -> throw unknown();
            };
        }

        private Field map(String name) {
            expect("<");
            Field key = field("key");
            expect(", ");
            Field value = field("value");
            expect(">");
            Field required = new Field("key", FieldType.notNullable(key.getType()), key.getChildren());
            Field entries =
                    new Field("entries", FieldType.notNullable(ArrowType.Struct.INSTANCE), List.of(required, value));
            return nested(name, new ArrowType.Map(false), List.of(entries));
        }

        private List<Field> children() {
            List<Field> children = new ArrayList<>();
            expect("<");
            while (!text.startsWith(">", at)) {
                if (!children.isEmpty()) {
                    expect(", ");
                }
                int colon = text.indexOf(": ", at);
                if (colon < 0) {
                    throw unknown();
                }
                String name = text.substring(at, colon);
                at = colon + ": ".length();
                Field child = field(name);
                if (text.startsWith(NOT_NULL, at)) {
                    at += NOT_NULL.length();
                    child = new Field(name, FieldType.notNullable(child.getType()), child.getChildren());
                }
                children.add(child);
            }
            expect(">");
            return children;
        }

        private static Field nested(String name, ArrowType type, List<Field> children) {
            return new Field(name, FieldType.nullable(type), children);
        }

        private String bracketed() {
            return matched(BRACKETS).group(1);
        }

        private int number(String digits) {
            try {
                return Integer.parseInt(digits);
            } catch (NumberFormatException e) {
                throw unknown();
            }
        }

        private Matcher matched(Pattern pattern) {
            Matcher matcher = pattern.matcher(text).region(at, text.length());
            if (!matcher.lookingAt()) {
                throw unknown();
            }
            at = matcher.end();
            return matcher;
        }

        private void expect(String part) {
            if (!text.startsWith(part, at)) {
                throw unknown();
            }
            at += part.length();
        }

        InvalidRequestException unknown() {
            return new InvalidRequestException("'%s' is no type of Arrow's".formatted(text));
        }
    }
}
