package dev.manciple.server.registry;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.manciple.auth.PythonPattern;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.DataSourceProto.DataSource.SourceType;
import dev.manciple.wire.proto.PermissionProto.Permission;
import dev.manciple.wire.proto.ValueProto.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * Refuses objects that no reader of the registry could use. One such object is an error of Feast's clients whenever they list
 * its project, so that it would take all the others with it. What a newer Feast added is not judged: fields, kinds of policies
 * and actions of permissions that this version does not know are stored as they were sent.
 */
final class ObjectChecks {
    private static final EnumDescriptor SOURCE_TYPES = SourceType.getDescriptor();

    /** The numbers of each enum that Feast's readers fail at if there is no such value. */
    private static final Map<EnumDescriptor, SortedSet<Integer>> NUMBERS = Map.of(
            // Feast's Python has two types of bytes more than its protocol has names for.
            ValueType.Enum.getDescriptor(),
            numbers(ValueType.Enum.getDescriptor(), List.of(30, 31)),
            SOURCE_TYPES,
            numbers(SOURCE_TYPES, List.of()));

    private ObjectChecks() {}

    private static SortedSet<Integer> numbers(EnumDescriptor type, List<Integer> more) {
        SortedSet<Integer> numbers = new TreeSet<>(more);
        type.getValues().forEach(value -> numbers.add(value.getNumber()));
        return numbers;
    }

    /** @throws InvalidRequestException with what is wrong, where, and what would be right */
    static <M extends Message> void require(RegistryList<M> list, M object) {
        String what = list.kind().words();
        String name = list.name().apply(object);
        if (name.isBlank()) {
            throw new InvalidRequestException("Every %s needs a name".formatted(what));
        }
        if (RegistryList.VIEWS.contains(list.kind()) && (name.indexOf('@') >= 0 || name.indexOf(':') >= 0)) {
            throw new InvalidRequestException(
                    "The name of %s '%s' must contain neither '@' nor ':': both are reserved in feature references"
                            .formatted(what, name));
        }
        requireNumbers("%s '%s'".formatted(what, name), "", object);
        switch (object) {
            case DataSource source -> requireType(source);
            case Permission permission -> requirePatterns(permission);
            default -> {}
        }
    }

    private static void requireNumbers(String what, String path, Message message) {
        message.getAllFields().forEach((field, value) -> {
            if (!field.isRepeated()) {
                requireNumbers(what, path + field.getName(), field, value);
                return;
            }
            List<?> elements = (List<?>) value;
            for (int i = 0; i < elements.size(); i++) {
                requireNumbers(what, "%s%s[%d]".formatted(path, field.getName(), i), field, elements.get(i));
            }
        });
    }

    private static void requireNumbers(String what, String path, FieldDescriptor field, Object value) {
        switch (value) {
            case Message message -> requireNumbers(what, path + ".", message);
            case EnumValueDescriptor constant -> {
                SortedSet<Integer> known = NUMBERS.get(field.getEnumType());
                if (known != null && !known.contains(constant.getNumber())) {
                    throw new InvalidRequestException("%s has the %s %d at %s, which is none of %s: it must be %s"
                            .formatted(
                                    capitalized(what),
                                    field.getName(),
                                    constant.getNumber(),
                                    path,
                                    field.getEnumType().getFullName(),
                                    ranges(known)));
                }
            }
            default -> {}
        }
    }

    private static String capitalized(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    /** As {@code 0 to 8, or 11 to 48}. */
    private static String ranges(SortedSet<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        int first = numbers.first();
        int last = first;
        for (int number : numbers.tailSet(first + 1)) {
            if (number > last + 1) {
                ranges.add("%d to %d".formatted(first, last));
                first = number;
            }
            last = number;
        }
        ranges.add("%d to %d".formatted(first, last));
        return String.join(", or ", ranges);
    }

    /** A source of no type is read by its class. */
    private static void requireType(DataSource source) {
        if (source.getType() == SourceType.INVALID
                && source.getDataSourceClassType().isEmpty()) {
            throw new InvalidRequestException(
                    "Data source '%s' has neither a type nor a data_source_class_type: set type to one of %s, from 1"
                            .formatted(source.getName(), SOURCE_TYPES.getFullName()));
        }
    }

    private static void requirePatterns(Permission permission) {
        for (String pattern : permission.getSpec().getNamePatternsList()) {
            try {
                PythonPattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                throw new InvalidRequestException(
                        "Permission '%s' has '%s' among its name_patterns, which is no regular expression of Python's that can be used here: %s"
                                .formatted(permission.getSpec().getName(), pattern, e.getDescription()),
                        e);
            }
        }
    }
}
