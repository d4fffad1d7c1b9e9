package dev.manciple.remote.offline;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A retrieval as the server is asked for it, and its answer as the caller is promised it. Immutable. */
interface Call {
    /** The name of the call in Feast's protocol. */
    String api();

    /** Those of Feast's protocol are all there, as null where they say nothing: its server looks for each. */
    Map<String, @Nullable Object> parameters();

    /** The parameters that are none of Feast's: a server that does not know them would leave them out silently. */
    Set<String> extensions();

    /** The call whose answer has the promised names at the server already. */
    default Call kept() {
        return this;
    }

    /** The rows that go with it. */
    Optional<Sent> rows();

    /** The columns promised; empty where only the server can tell. */
    Optional<List<Column>> columns();

    /** The columns promised, given those of the server's answer. */
    List<Column> columns(Schema answered);

    /** What it is for, after "to". */
    String purpose();

    /** Rows to send. */
    interface Sent {
        /** Under which they travel: the same columns as the reader's, perhaps under other names. */
        Schema schema();

        /** The caller closes it. */
        ArrowReader open();
    }
}
