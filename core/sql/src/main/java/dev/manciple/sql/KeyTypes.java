package dev.manciple.sql;

import org.apache.arrow.vector.types.pojo.ArrowType;

/** Which types can be compared without an engine guessing a conversion. */
final class KeyTypes {
    /** Values of one family compare by meaning, whatever their width or unit. */
    private enum Family {
        NUMBER,
        TEXT,
        BYTES,
        BOOL,
        TIME,
        NOTHING,
        OTHER
    }

    private KeyTypes() {}

    /** Whether a column of this type can tell when something happened; text is read as ISO 8601, and nothing as never. */
    static boolean isTime(ArrowType type) {
        Family family = family(type);
        return family == Family.TIME || family == Family.TEXT || family == Family.NOTHING;
    }

    static boolean comparable(ArrowType left, ArrowType right) {
        Family a = family(left);
        Family b = family(right);
        return a == Family.NOTHING || b == Family.NOTHING || (a == b && (a != Family.OTHER || left.equals(right)));
    }

    private static Family family(ArrowType type) {
        return switch (type.getTypeID()) {
            case Int, FloatingPoint, Decimal -> Family.NUMBER;
            case Utf8, LargeUtf8, Utf8View -> Family.TEXT;
            case Binary, LargeBinary, BinaryView, FixedSizeBinary -> Family.BYTES;
            case Bool -> Family.BOOL;
            case Timestamp, Date -> Family.TIME;
            case Null -> Family.NOTHING;
            case Struct,
                    List,
                    LargeList,
                    FixedSizeList,
                    ListView,
                    LargeListView,
                    Union,
                    Map,
                    Time,
                    Interval,
                    Duration,
                    RunEndEncoded,
                    NONE -> Family.OTHER;
        };
    }
}
