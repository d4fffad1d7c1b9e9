package dev.manciple.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnCopierTest {
    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void close() {
        allocator.close();
    }

    static Stream<Arguments> columns() {
        ValueType pair = new ValueType.StructOf(List.of(Field.of("a", Scalar.INT32), Field.of("b", Scalar.STRING)));
        return Stream.of(
                Arguments.of(Scalar.INT32, new Value.Int(-7), new Value.Int(8)),
                Arguments.of(Scalar.INT64, new Value.Int(Long.MIN_VALUE), new Value.Int(1)),
                Arguments.of(Scalar.FLOAT, new Value.Real(1.5), new Value.Real(Double.NaN)),
                Arguments.of(Scalar.DOUBLE, new Value.Real(-0.0), new Value.Real(Double.NaN)),
                Arguments.of(Scalar.BOOL, new Value.Bool(true), new Value.Bool(false)),
                Arguments.of(Scalar.STRING, new Value.Text("Zoë"), new Value.Text("")),
                Arguments.of(Scalar.JSON, new Value.Text("{\"a\": 1}"), new Value.Text("[]")),
                Arguments.of(Scalar.DECIMAL, new Value.Text("1.10"), new Value.Text("-2")),
                Arguments.of(
                        Scalar.BYTES,
                        new Value.Bytes(ByteBuffer.wrap(new byte[] {0, -1})),
                        new Value.Bytes(ByteBuffer.allocate(0))),
                Arguments.of(
                        Scalar.UNIX_TIMESTAMP,
                        new Value.Time(Instant.parse("1969-12-31T23:59:59.999999Z")),
                        new Value.Time(Instant.EPOCH)),
                Arguments.of(
                        new ValueType.ListOf(Scalar.INT64),
                        new Value.Many(List.of(new Value.Int(1), Value.Null.NULL)),
                        new Value.Many(List.of())),
                Arguments.of(
                        pair,
                        new Value.Keyed(Map.of("a", new Value.Int(1), "b", Value.Null.NULL)),
                        new Value.Keyed(Map.of("a", Value.Null.NULL, "b", new Value.Text("x")))));
    }

    /** From the last row to the first, into every other row. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("columns")
    void copiesValuesOfEveryTypeAndNulls(ValueType type, Value one, Value other) {
        List<Value> values = List.of(one, Value.Null.NULL, other);
        try (FieldVector from = ArrowTypes.arrow("from", type).createVector(allocator);
                FieldVector to = ArrowTypes.arrow("to", type).createVector(allocator)) {
            fill(from, values);
            ColumnCopier copier = ArrowValues.copier(from, to, type);
            for (int i = 0; i < values.size(); i++) {
                copier.copy(values.size() - 1 - i, 2 * i);
            }
            to.setValueCount(5);
            ColumnReader copied = ArrowValues.reader(to, type);
            assertThat(copied.read(0)).isEqualTo(other);
            assertThat(copied.read(2)).isEqualTo(Value.Null.NULL);
            assertThat(copied.read(4)).isEqualTo(one);
        }
    }

    @Test
    void convertsWhereTheColumnsDiffer() {
        try (FieldVector from = ArrowTypes.arrow("from", Scalar.STRING).createVector(allocator);
                FieldVector to = ArrowTypes.arrow("to", Scalar.INT64).createVector(allocator)) {
            fill(from, List.of(new Value.Text("42"), new Value.Text("many")));
            ColumnCopier copier = ArrowValues.copier(from, to, Scalar.INT64);
            copier.copy(0, 0);
            to.setValueCount(1);
            assertThat(ArrowValues.get(to, 0, Scalar.INT64)).isEqualTo(new Value.Int(42));
            assertThatThrownBy(() -> copier.copy(1, 0))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'from'")
                    .hasMessageContaining("'many'");
        }
    }

    /** Text is not JSON for being in a column of the same type. */
    @Test
    void checksWhatTheDeclaredTypeChecks() {
        try (FieldVector from = ArrowTypes.arrow("from", Scalar.STRING).createVector(allocator);
                FieldVector to = ArrowTypes.arrow("to", Scalar.JSON).createVector(allocator)) {
            fill(from, List.of(new Value.Text("{")));
            ColumnCopier copier = ArrowValues.copier(from, to, Scalar.JSON);
            assertThatThrownBy(() -> copier.copy(0, 0)).isInstanceOf(InvalidRequestException.class);
        }
    }

    private static void fill(FieldVector vector, List<Value> values) {
        for (int i = 0; i < values.size(); i++) {
            ArrowValues.set(vector, i, values.get(i));
        }
        vector.setValueCount(values.size());
    }
}
