package dev.manciple.hybrid.offline;

import dev.manciple.spi.ViewSlice;
import java.util.List;

/** The part of a request one child answers for. */
record Share(ChildStore child, List<ViewSlice> slices) {
    Share {
        slices = List.copyOf(slices);
    }
}
