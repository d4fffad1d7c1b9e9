package dev.manciple.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.manciple.error.InternalException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.RegistryProto.Registry;

/**
 * What a registry holds, for people and programs to read: protobuf's JSON mapping of Feast's messages, as Feast prints it,
 * indented.
 */
public final class RegistryJson {
    private RegistryJson() {}

    /** Every object of the project, in one JSON object of lists. */
    public static String project(RegistrySnapshot snapshot) {
        return print(stored(snapshot));
    }

    /**
     * One object.
     *
     * @throws NotFoundException if the project has none of that kind and name
     */
    public static String definition(RegistrySnapshot snapshot, Kind kind, String name) {
        return print(RegistryList.of(kind)
                .find(stored(snapshot), snapshot.project(), name)
                .orElseThrow(() -> new NotFoundException(kind.words(), name)));
    }

    private static Registry stored(RegistrySnapshot snapshot) {
        try {
            return Registry.parseFrom(snapshot.extras().bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new InternalException(
                    "The extras of the snapshot of project '%s' are no registry".formatted(snapshot.project()), e);
        }
    }

    private static String print(MessageOrBuilder message) {
        try {
            return Json.indent(JsonFormat.printer().print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new InternalException("A stored object has no JSON", e);
        }
    }
}
