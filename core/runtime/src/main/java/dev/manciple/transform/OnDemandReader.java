package dev.manciple.transform;

import dev.manciple.arrow.RemadeReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Computes on demand features batch by batch over what a store returns. Columns that stay are moved, not copied. Closing it
 * closes the store's reader.
 */
final class OnDemandReader extends RemadeReader {
    private final OnDemandLayout layout;
    private final List<OnDemandFunction> functions;

    OnDemandReader(
            ArrowReader stored, OnDemandLayout layout, List<OnDemandFunction> functions, BufferAllocator allocator) {
        super(stored, allocator);
        this.layout = layout;
        this.functions = functions;
    }

    @Override
    protected Schema readSchema() {
        return layout.schema();
    }

    @Override
    protected void remake(VectorSchemaRoot input, VectorSchemaRoot output) {
        output.getFieldVectors().forEach(FieldVector::reset);
        int rows = input.getRowCount();
        for (int slice = 0; slice < functions.size(); slice++) {
            compute(slice, input, rows, output);
        }
        // Only now: an input that is also an output is read above.
        layout.kept()
                .forEach((from, to) -> input.getVector(from)
                        .makeTransferPair(output.getVector(to))
                        .transfer());
    }

    private void compute(int slice, VectorSchemaRoot input, int rows, VectorSchemaRoot output) {
        List<FieldVector> inputs = new ArrayList<>();
        layout.inputs(slice).forEach(column -> inputs.add(input.getVector(column)));
        List<FieldVector> outputs = new ArrayList<>();
        layout.computed(slice).forEach(column -> outputs.add(output.getVector(column)));
        functions.get(slice).compute(inputs, from(), rows, outputs);
    }
}
