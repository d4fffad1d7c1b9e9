package dev.manciple.wire;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.manciple.error.InternalException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.FeatureViewVersionProto.FeatureViewVersionRecord;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes one object of one list as a client sent it. The kinds have messages of their own, which name what they have in common
 * alike: fields are therefore found by name.
 */
final class ObjectWriter<M extends Message> {
    private static final Pattern PIN = Pattern.compile("v(?:ersion)?(\\d{1,9})", Pattern.CASE_INSENSITIVE);

    private static final String SPEC = "spec";
    private static final String META = "meta";
    private static final String PROJECT = "project";
    private static final String VERSION = "version";
    private static final String CREATED = "created_timestamp";
    private static final String LAST_UPDATED = "last_updated_timestamp";
    private static final String INTERVALS = "materialization_intervals";
    private static final String STATE = "state";
    private static final String VERSION_NUMBER = "current_version_number";
    private static final String VERSION_ID = "version_id";

    /** What a definition cannot say, so that one that leaves it out does not mean to forget it. */
    private static final Set<String> KEPT = Set.of(STATE, "min_event_timestamp", "max_event_timestamp");

    /** What only a registry decides. */
    private static final Set<String> OWNED = Set.of(VERSION_NUMBER, VERSION_ID);

    private final Registry base;
    private final String project;
    private final RegistryList<M> list;
    private final Instant now;
    private final Timestamp stamp;
    private final OpenList<M> objects;
    private final VersionHistory history;

    ObjectWriter(Registry base, String project, RegistryList<M> list, Instant now) {
        this.base = base;
        this.project = project;
        this.list = list;
        this.now = now;
        this.stamp = ProtoTimes.timestamp(now);
        this.objects = new OpenList<>(list, base, project);
        this.history = new VersionHistory(base, project);
    }

    Registry put(M sent) {
        String name = list.name().apply(sent);
        if (name.isEmpty()) {
            throw new InvalidRequestException("Every %s needs a name; this one has none"
                    .formatted(list.kind().words()));
        }
        Optional<M> stored = objects.find(name);
        M owned = owned(sent);
        if (RegistryList.VIEWS.contains(list.kind())) {
            requireFreeName(name);
            putView(name, owned, stored);
        } else {
            putObject(owned, stored);
        }
        Registry.Builder registry = base.toBuilder();
        ensureProject(registry);
        objects.writeTo(registry);
        history.writeTo(registry);
        return registry.build();
    }

    private void ensureProject(Registry.Builder registry) {
        if (registry.getRegistrySchemaVersion().isEmpty()) {
            registry.setRegistrySchemaVersion(RegistryCodec.SCHEMA_VERSION);
        }
        if (RegistryList.PROJECTS.find(base, project, project).isEmpty()) {
            if (list.kind() != Kind.PROJECT) {
                registry.addProjects(ProjectEntry.create(project, stamp));
            }
            ProjectEntry.addId(registry, project);
        }
    }

    private void requireFreeName(String name) {
        for (Kind other : RegistryList.VIEWS) {
            if (other != list.kind()
                    && RegistryList.of(other).find(base, project, name).isPresent()) {
                throw new InvalidRequestException(
                        InvalidRequestException.Reason.NAME_TAKEN,
                        "The name '%s' is taken by %s; views of all kinds share their names"
                                .formatted(name, other.one()));
            }
        }
    }

    private void putObject(M sent, Optional<M> stored) {
        M object = stored.map(existing -> carriedOver(existing, sent)).orElseGet(() -> created(sent));
        if (!stored.equals(Optional.of(object))) {
            objects.putLast(stored.isPresent() ? with(object, META, LAST_UPDATED, stamp) : object);
        }
    }

    private void putView(String name, M sent, Optional<M> stored) {
        OptionalInt pin = pin(sent);
        if (pin.isPresent()) {
            Optional<FeatureViewVersionRecord> version = history.find(name, pin.getAsInt());
            if (version.isPresent()) {
                restore(name, sent, stored, version.get());
            } else {
                addVersion(name, sent, stored, pin.getAsInt());
            }
            return;
        }
        if (stored.isEmpty()) {
            addVersion(name, sent, stored, history.next(name));
            return;
        }
        M view = carriedOver(stored.get(), sent);
        if (view.equals(stored.get())) {
            return;
        }
        if (SchemaChange.between(list.kind(), stored.get(), view)) {
            if (!history.knows(name)) {
                // Views from before Feast kept versions become their own version zero.
                history.add(list.kind(), name, 0, stored.get(), now);
            }
            addVersion(name, sent, stored, history.next(name));
        } else {
            objects.put(with(view, META, LAST_UPDATED, stamp));
        }
    }

    private void addVersion(String name, M sent, Optional<M> stored, int number) {
        M view = stored.map(existing -> with(carriedOver(existing, sent), META, LAST_UPDATED, stamp))
                .orElseGet(() -> created(sent));
        M numbered = with(view, META, VERSION_NUMBER, number);
        objects.putLast(numbered);
        history.add(list.kind(), name, number, numbered, now);
    }

    /** Makes an old version the current one. Who pins it says so with the newest definition in hand, or with that one. */
    private void restore(String name, M sent, Optional<M> stored, FeatureViewVersionRecord version) {
        M restored = parse(version);
        boolean known = stored.filter(active -> sameDefinition(sent, active)).isPresent()
                || history.newest(name)
                        .filter(newest -> sameDefinition(sent, parse(newest)))
                        .isPresent();
        if (!known) {
            throw new InvalidRequestException(
                    "Feature view '%s' is pinned to version %d and changed at once, so one of the two would be lost: apply the change without the pin first, or take the change back"
                            .formatted(name, version.getVersionNumber()));
        }
        M pinned = with(restored, SPEC, VERSION, field(sent, SPEC, VERSION).orElse(""));
        M view = with(
                stored.map(active -> carriedOver(active, pinned)).orElse(pinned),
                META,
                VERSION_NUMBER,
                version.getVersionNumber());
        if (!stored.equals(Optional.of(view))) {
            objects.put(with(view, META, LAST_UPDATED, stamp));
        }
    }

    private M parse(FeatureViewVersionRecord version) {
        try {
            return list.parser().parseFrom(version.getFeatureViewProto());
        } catch (InvalidProtocolBufferException e) {
            throw new InternalException(
                    "Version %d of %s '%s' in the registry is none"
                            .formatted(version.getVersionNumber(), list.kind().words(), version.getFeatureViewName()),
                    e);
        }
    }

    private OptionalInt pin(M view) {
        Matcher version = PIN.matcher(field(view, SPEC, VERSION).orElse("").toString());
        return version.matches() ? OptionalInt.of(Integer.parseInt(version.group(1))) : OptionalInt.empty();
    }

    private boolean sameDefinition(M one, M other) {
        return field(with(one, SPEC, VERSION, ""), SPEC).equals(field(with(other, SPEC, VERSION, ""), SPEC));
    }

    /** In the project it is registered in, its sources with the classes Feast reads them by. */
    M owned(M sent) {
        if (sent instanceof DataSource source) {
            return built(DataSourceCodec.withClass(source).toBuilder().setProject(project));
        }
        M owned = with(with(sent, SPEC, PROJECT, project), PROJECT, project);
        Optional<FieldDescriptor> spec = find(owned.getDescriptorForType(), SPEC);
        if (spec.isEmpty()) {
            return owned;
        }
        Message.Builder object = owned.toBuilder();
        Message.Builder parts = object.getFieldBuilder(spec.get());
        for (FieldDescriptor part : spec.get().getMessageType().getFields()) {
            if (!part.isRepeated()
                    && part.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && part.getMessageType().equals(DataSource.getDescriptor())
                    && parts.hasField(part)) {
                parts.setField(part, DataSourceCodec.withClass((DataSource) parts.getField(part)));
            }
        }
        return built(object);
    }

    private M created(M sent) {
        M stamped = field(sent, META, CREATED).isPresent() ? sent : with(sent, META, CREATED, stamp);
        return with(stamped, META, LAST_UPDATED, stamp);
    }

    /** What was sent, with what it does not say or may not change taken from what is stored. */
    private M carriedOver(M stored, M sent) {
        Optional<FieldDescriptor> meta = find(sent.getDescriptorForType(), META);
        if (meta.isEmpty()) {
            return sent;
        }
        Message before = (Message) stored.getField(meta.get());
        Message.Builder object = sent.toBuilder();
        Message.Builder after = object.getFieldBuilder(meta.get());
        for (FieldDescriptor field : meta.get().getMessageType().getFields()) {
            switch (field.getName()) {
                case CREATED, LAST_UPDATED -> {
                    if (before.hasField(field)) {
                        after.setField(field, before.getField(field));
                    }
                }
                case INTERVALS -> after.setField(field, union(before.getField(field), after.getField(field)));
                default -> {
                    if (OWNED.contains(field.getName()) || (KEPT.contains(field.getName()) && !after.hasField(field))) {
                        after.setField(field, before.getField(field));
                    }
                }
            }
        }
        return built(object);
    }

    /** A client that read the view a while ago has not seen the windows recorded since. */
    private static List<Object> union(Object stored, Object sent) {
        List<Object> union = new ArrayList<>((List<?>) stored);
        for (Object each : (List<?>) sent) {
            if (!union.contains(each)) {
                union.add(each);
            }
        }
        return union;
    }

    /** With a field of a part set, where objects of the kind have that part and it that field. */
    private M with(M object, String part, String name, Object value) {
        Optional<FieldDescriptor> parts = find(object.getDescriptorForType(), part);
        Optional<FieldDescriptor> field = parts.flatMap(each -> find(each.getMessageType(), name));
        if (field.isEmpty()) {
            return object;
        }
        Message.Builder changed = object.toBuilder();
        changed.getFieldBuilder(parts.get()).setField(field.get(), value);
        return built(changed);
    }

    private M with(M object, String name, Object value) {
        return find(object.getDescriptorForType(), name)
                .map(field -> built(object.toBuilder().setField(field, value)))
                .orElse(object);
    }

    private static Optional<Object> field(Message object, String part, String name) {
        return field(object, part).map(Message.class::cast).flatMap(parts -> field(parts, name));
    }

    /** Empty where it is not set, too. */
    private static Optional<Object> field(Message object, String name) {
        return find(object.getDescriptorForType(), name)
                .filter(object::hasField)
                .map(object::getField);
    }

    private static Optional<FieldDescriptor> find(Descriptor type, String name) {
        return Optional.ofNullable(type.findFieldByName(name));
    }

    /** Builders do not tell what they build. */
    @SuppressWarnings("unchecked")
    private M built(Message.Builder builder) {
        return (M) builder.build();
    }
}
