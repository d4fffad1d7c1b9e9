package dev.manciple.server.registry;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.proto.RegistryServerProto.PaginationMetadata;
import dev.manciple.wire.proto.RegistryServerProto.PaginationParams;
import dev.manciple.wire.proto.RegistryServerProto.SortingParams;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which part of a list a caller asked for, and in which order. Pages count from one; a page or limit that is not positive means
 * all of it, as with Feast.
 *
 * @param sortBy a field, or a path of fields with dots; of an object's specification or its metadata if it has none of its own.
 *     Empty for the registry's order
 */
record Paging(int page, int limit, String sortBy, boolean descending) {
    static final Paging ALL = new Paging(0, 0, "", false);

    /** Where fields of an object are looked for: objects wrapped in their kind, and the parts of most kinds. */
    private static final List<String> PARTS = List.of("spec", "meta");

    static Paging of(PaginationParams pagination, SortingParams sorting) {
        return new Paging(
                pagination.getPage(),
                pagination.getLimit(),
                sorting.getSortBy(),
                sorting.getSortOrder().equalsIgnoreCase("desc"));
    }

    /** Part of a list, and where in the list it stands. */
    record Page<T>(List<T> objects, PaginationMetadata metadata) {}

    /** @throws InvalidRequestException if there is no such field, or fields like it have no order */
    <M extends Message> Page<M> of(List<M> objects) {
        return of(objects, object -> object);
    }

    /**
     * As {@link #of(List)}, of what only holds objects.
     *
     * @param object what it holds
     */
    <T> Page<T> of(List<T> objects, Function<T, ? extends Message> object) {
        return cut(sortBy.isEmpty() ? objects : sorted(objects, object));
    }

    /** The same pages of a list in its own order. */
    Paging unsorted() {
        return new Paging(page, limit, "", false);
    }

    /** The page of a list that is in the order asked for. */
    <T> Page<T> cut(List<T> sorted) {
        int total = sorted.size();
        if (page <= 0 || limit <= 0) {
            return new Page<>(
                    sorted,
                    PaginationMetadata.newBuilder()
                            .setTotalCount(total)
                            .setTotalPages(total == 0 ? 0 : 1)
                            .build());
        }
        long first = Math.min((page - 1L) * limit, total);
        long last = Math.min(first + limit, total);
        return new Page<>(
                sorted.subList((int) first, (int) last),
                PaginationMetadata.newBuilder()
                        .setPage(page)
                        .setLimit(limit)
                        .setTotalCount(total)
                        .setTotalPages(Math.ceilDiv(total, limit))
                        .setHasNext(last < total)
                        .setHasPrevious(page > 1 && total > 0)
                        .build());
    }

    /** Objects that have no such field, as those of another kind may, come before those that have it. */
    private <T> List<T> sorted(List<T> objects, Function<T, ? extends Message> object) {
        List<Keyed<T>> keyed = new ArrayList<>();
        for (T each : objects) {
            keyed.add(new Keyed<>(each, key(object.apply(each))));
        }
        if (!keyed.isEmpty() && keyed.stream().allMatch(each -> each.key().isEmpty())) {
            throw new InvalidRequestException(
                    "The list cannot be sorted by '%s': its objects have no such field".formatted(sortBy));
        }
        Comparator<Keyed<T>> order = Comparator.comparing(each -> each.key().orElse(Key.NONE));
        return keyed.stream()
                .sorted(descending ? order.reversed() : order)
                .map(Keyed::object)
                .toList();
    }

    private record Keyed<T>(T object, Optional<Key> key) {}

    /** Compares with others of the same field; empty where there is none. */
    private Optional<Key> key(Message object) {
        Message part = object;
        String[] path = sortBy.split("\\.", -1);
        for (int i = 0; i < path.length - 1; i++) {
            if (!(field(part, path[i]).orElse(null) instanceof Message message)) {
                return Optional.empty();
            }
            part = message;
        }
        String last = path[path.length - 1];
        return field(part, last).map(value -> Key.of(value, sortBy));
    }

    private static Optional<Object> field(Message message, String name) {
        FieldDescriptor own = message.getDescriptorForType().findFieldByName(name);
        if (own != null && !own.isRepeated()) {
            return Optional.of(message.getField(own));
        }
        return message.getDescriptorForType().getFields().stream()
                .filter(part -> part.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                        && !part.isRepeated()
                        && (PARTS.contains(part.getName())
                                || (part.getRealContainingOneof() != null && message.hasField(part))))
                .flatMap(part -> field((Message) message.getField(part), name).stream())
                .findFirst();
    }

    /** Times and numbers by size, the rest as text. */
    private record Key(long number, double real, String text) implements Comparable<Key> {
        private static final Comparator<Key> ORDER = Comparator.comparingLong(Key::number)
                .thenComparingDouble(Key::real)
                .thenComparing(Key::text);

        /** Before all others. */
        static final Key NONE = new Key(Long.MIN_VALUE, 0, "");

        static Key of(Object value, String field) {
            return switch (value) {
                case String text -> new Key(0, 0, text);
                case Boolean flag -> new Key(flag ? 1 : 0, 0, "");
                case Integer number -> new Key(number, 0, "");
                case Long number -> new Key(number, 0, "");
                case Float number -> new Key(0, number, "");
                case Double number -> new Key(0, number, "");
                case EnumValueDescriptor constant -> new Key(0, 0, constant.getName());
                case Timestamp time -> new Key(time.getSeconds(), time.getNanos(), "");
                case Duration length -> new Key(length.getSeconds(), length.getNanos(), "");
                default ->
                    throw new InvalidRequestException(
                            "The list cannot be sorted by '%s': it has no order".formatted(field));
            };
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }
}
