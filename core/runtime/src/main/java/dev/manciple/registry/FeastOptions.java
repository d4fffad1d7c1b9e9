package dev.manciple.registry;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import java.util.Map;
import java.util.Optional;

/** The options of definitions that mean something to Feast alone. Those a definition does not say stay as they are registered. */
final class FeastOptions {
    private FeastOptions() {}

    /** Whether everything {@code defined} says, itself and of what it reads, is registered. */
    static boolean hold(Definition registered, Definition defined) {
        Optional<? extends DataSource> source = source(defined);
        return holdAlone(registered, defined)
                && (source.isEmpty()
                        || source(registered)
                                .map(stored -> hold(stored, source.get()))
                                .orElse(true));
    }

    private static Optional<? extends DataSource> source(Definition definition) {
        return switch (definition) {
            case FeatureView view -> view.source();
            case DataSource.Stream stream -> stream.history();
            case DataSource.Push push -> push.history();
            case DataSource.Batch batch -> Optional.empty();
            case DataSource.Request request -> Optional.empty();
            case OnDemandFeatureView view -> Optional.empty();
            case Entity entity -> Optional.empty();
            case FeatureService service -> Optional.empty();
            case Permission permission -> Optional.empty();
            case Preserved preserved -> Optional.empty();
        };
    }

    private static boolean holdAlone(Definition registered, Definition defined) {
        Extras wanted = of(defined);
        if (wanted.isEmpty()) {
            return true;
        }
        UnknownFieldSet stored = parse(of(registered));
        for (Map.Entry<Integer, UnknownFieldSet.Field> option :
                parse(wanted).asMap().entrySet()) {
            if (!stored.getField(option.getKey()).equals(option.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static Extras of(Definition definition) {
        return switch (definition) {
            case FeatureView view -> view.extras();
            case OnDemandFeatureView view -> view.extras();
            case DataSource.Batch batch -> batch.extras();
            case DataSource.Stream stream -> stream.extras();
            case DataSource.Push push -> push.extras();
            case DataSource.Request request -> request.extras();
            case Entity entity -> entity.extras();
            case FeatureService service -> service.extras();
            case Permission permission -> Extras.NONE;
            case Preserved preserved -> Extras.NONE;
        };
    }

    private static UnknownFieldSet parse(Extras extras) {
        try {
            return UnknownFieldSet.parseFrom(ByteString.copyFrom(extras.bytes()));
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRequestException("The extras of a definition are not those of Feast's registry", e);
        }
    }
}
