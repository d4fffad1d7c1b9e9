package dev.manciple.transform;

import dev.manciple.error.UnsupportedException;
import dev.manciple.spi.Value;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** In place of a transformation that cannot run here. Immutable. */
final class RefusedFunction implements OnDemandFunction {
    private final UnsupportedException refusal;

    /** @param refusal why it cannot run, and what to do */
    RefusedFunction(UnsupportedException refusal) {
        this.refusal = refusal;
    }

    @Override
    public List<List<Value>> compute(List<List<Value>> inputs, int rows) {
        throw refusal;
    }

    @Override
    public void compute(
            List<FieldVector> inputs, DictionaryProvider dictionaries, int rows, List<FieldVector> outputs) {
        throw refusal;
    }
}
