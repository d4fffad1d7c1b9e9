package dev.manciple.transform;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.spi.Value;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** Computes Arrow's rows as it computes rows held as values. */
public abstract class ValueFunction implements OnDemandFunction {
    private final OnDemandSlice slice;

    protected ValueFunction(OnDemandSlice slice) {
        this.slice = slice;
    }

    protected final OnDemandSlice slice() {
        return slice;
    }

    @Override
    public final void compute(
            List<FieldVector> inputs, DictionaryProvider dictionaries, int rows, List<FieldVector> outputs) {
        List<List<Value>> columns = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            ColumnReader reader =
                    ArrowValues.reader(inputs.get(i), slice.inputs().get(i).type(), dictionaries);
            List<Value> column = new ArrayList<>(rows);
            for (int row = 0; row < rows; row++) {
                column.add(reader.read(row));
            }
            columns.add(column);
        }
        List<List<Value>> computed = compute(columns, rows);
        for (int i = 0; i < outputs.size(); i++) {
            for (int row = 0; row < rows; row++) {
                ArrowValues.set(outputs.get(i), row, computed.get(i).get(row));
            }
            outputs.get(i).setValueCount(rows);
        }
    }
}
