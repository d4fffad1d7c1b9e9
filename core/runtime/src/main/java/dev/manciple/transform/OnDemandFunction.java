package dev.manciple.transform;

import dev.manciple.spi.Value;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** Computes one on demand slice. Thread-safe. */
public interface OnDemandFunction {
    /**
     * Computes rows held as values.
     *
     * @param inputs one column per input of the slice, in order
     * @return one column per feature of the slice, in order, each value of the feature's type or null
     */
    List<List<Value>> compute(List<List<Value>> inputs, int rows);

    /**
     * Computes rows held in Arrow.
     *
     * @param inputs one vector per input of the slice, in order, left as they are
     * @param dictionaries where dictionary inputs find their values
     * @param outputs one empty vector per feature of the slice, in order, of the feature's Arrow type; filled here
     */
    void compute(List<FieldVector> inputs, DictionaryProvider dictionaries, int rows, List<FieldVector> outputs);
}
