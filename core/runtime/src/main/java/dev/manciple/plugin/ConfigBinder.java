package dev.manciple.plugin;

import dev.manciple.error.ConfigException;
import dev.manciple.error.InternalException;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Key;
import dev.manciple.spi.config.Removed;
import dev.manciple.spi.config.Secret;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the options of a YAML block into the record a store asks for, or says everything that is wrong with them.
 *
 * <p>The component {@code dbSchema} is the key {@code db_schema} ({@link Key} gives it another). A component may be text, a
 * number, a boolean, an enum in any case, a {@link java.time.Duration} (see {@link Durations}), a {@link java.nio.file.Path},
 * a {@link dev.manciple.spi.config.Secret}, an {@link Optional}, {@code List}, {@code Set} or {@code Map<String, …>} of these, a
 * record, a {@link StoreConfig}, which any block with a {@code type} is, or a sealed interface of records, of which the block's
 * {@code type} key picks the one of that name. An absent or
 * empty key takes its {@link Default}; without one it is a problem, unless the component is an {@code Optional}. Text stands
 * for the number or boolean it spells, since values of environment variables are text.
 *
 * <p>Stateless. Values of secrets appear in no message.
 */
public final class ConfigBinder {
    /**
     * @param where the file and section, with which the message starts
     * @throws ConfigException with every problem of the block
     */
    public <C extends Record> C bind(String where, Class<C> type, Map<String, Object> options) {
        Binding binding = new Binding();
        Optional<Object> bound = binding.record("", type, options, Set.of());
        if (!binding.problems.isEmpty() || bound.isEmpty()) {
            throw new ConfigException(where, aligned(binding.problems));
        }
        return type.cast(bound.get());
    }

    /** The keys a record is bound from, in the order of its components. */
    public static List<String> keys(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents()).map(ConfigBinder::key).toList();
    }

    private static String key(RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        return key == null ? snakeCase(component.getName()) : key.value();
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static List<String> aligned(List<Problem> problems) {
        int longest = problems.stream()
                .mapToInt(problem -> problem.key().length())
                .max()
                .orElse(0);
        String line = problems.size() == 1 ? "%s %s" : "%-" + (longest + 1) + "s %s";
        return problems.stream()
                .map(problem -> line.formatted(problem.key(), problem.text()).strip())
                .toList();
    }

    /** @param key dotted from the block's top; blank where no single key is to blame */
    private record Problem(String key, String text) {}

    /** The problems of one call. An empty result of any method means that a problem was noted. */
    private static final class Binding {
        private final List<Problem> problems = new ArrayList<>();

        private Optional<Object> problem(String key, String text) {
            problems.add(new Problem(key, text));
            return Optional.empty();
        }

        /** @param taken keys that were read before and mean nothing to the record */
        private Optional<Object> record(String path, Class<?> type, Map<?, ?> options, Set<String> taken) {
            RecordComponent[] components = type.getRecordComponents();
            Set<String> keys = Arrays.stream(components)
                    .map(ConfigBinder::key)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            int before = problems.size();
            Map<String, Optional<Object>> bound = new LinkedHashMap<>();
            for (RecordComponent component : components) {
                String key = key(component);
                bound.put(key, component(path + key, component, options.get(key)));
            }
            boolean complete = bound.values().stream().allMatch(Optional::isPresent);
            Optional<Object> made = make(path, type, components, bound, complete);
            refuseUnknown(path, type, keys, options, taken);
            return problems.size() == before ? made : Optional.empty();
        }

        private void refuseUnknown(String path, Class<?> type, Set<String> keys, Map<?, ?> options, Set<String> taken) {
            Map<String, String> removed = new HashMap<>();
            for (Removed old : type.getAnnotationsByType(Removed.class)) {
                removed.put(old.key(), old.message());
            }
            for (Object option : options.keySet()) {
                String key = String.valueOf(option);
                if (!keys.contains(key) && !taken.contains(key)) {
                    String text = removed.get(key);
                    problem(path + key, text == null ? unknownKey(key, keys) : text);
                }
            }
        }

        private static String unknownKey(String key, Set<String> known) {
            String hint = NearestName.hint(key, known);
            if (!hint.isEmpty()) {
                return "unknown key" + hint;
            }
            return known.isEmpty()
                    ? "unknown key, there are no options here"
                    : "unknown key, known are " + String.join(", ", known);
        }

        private Optional<Object> component(String path, RecordComponent component, @Nullable Object raw) {
            if (raw != null) {
                return value(path, component.getGenericType(), raw);
            }
            Default absent = component.getAnnotation(Default.class);
            if (absent != null) {
                return value(path, component.getGenericType(), preset(component.getType(), absent.value()));
            }
            return component.getType() == Optional.class ? Optional.of(Optional.empty()) : problem(path, "is required");
        }

        /** A blank default of something with parts means that it has none. */
        private static Object preset(Class<?> type, String text) {
            if (Map.class.isAssignableFrom(type) || (type.isRecord() && type != Secret.class)) {
                return Map.of();
            }
            if (Iterable.class.isAssignableFrom(type) && type != Path.class) {
                return text.isBlank() ? List.of() : List.of(text.split("\\s*,\\s*"));
            }
            return text;
        }

        private Optional<Object> value(String path, Type type, Object raw) {
            if (type instanceof ParameterizedType generic) {
                return generic(path, generic, raw);
            }
            if (!(type instanceof Class<?> plain)) {
                throw new InternalException("A config record cannot hold a component of type " + type);
            }
            if (plain == StoreConfig.class) {
                return store(path, raw);
            }
            if (plain.isRecord() && !Scalars.reads(plain)) {
                return raw instanceof Map<?, ?> block
                        ? record(path + ".", plain, block, Set.of())
                        : problem(path, "must be a mapping, was " + Scalars.described(raw));
            }
            if (plain.isSealed()) {
                return variant(path, plain, raw);
            }
            try {
                return Optional.of(Scalars.read(plain, raw));
            } catch (IllegalArgumentException e) {
                return problem(path, String.valueOf(e.getMessage()));
            }
        }

        /** A store inside a store, whose own type says later what its options mean. */
        private Optional<Object> store(String path, Object raw) {
            if (!(raw instanceof Map<?, ?> block)) {
                return problem(path, "must be a mapping with a type, was " + Scalars.described(raw));
            }
            if (!(block.get("type") instanceof String type) || type.isBlank()) {
                return problem(path + ".type", "is required, as text");
            }
            Map<String, Object> options = new LinkedHashMap<>();
            block.forEach((key, value) -> options.put(String.valueOf(key), value));
            options.remove("type");
            return Optional.of(new StoreConfig(type.strip(), options));
        }

        private Optional<Object> generic(String path, ParameterizedType type, Object raw) {
            Type[] of = type.getActualTypeArguments();
            if (type.getRawType() == Optional.class) {
                return value(path, of[0], raw).map(Optional::of);
            }
            if (type.getRawType() == List.class) {
                return elements(path, of[0], raw).map(List::copyOf);
            }
            if (type.getRawType() == Set.class) {
                return elements(path, of[0], raw)
                        .map(elements -> Collections.unmodifiableSet(new LinkedHashSet<>(elements)));
            }
            if (type.getRawType() == Map.class && of[0] == String.class) {
                return entries(path, of[1], raw);
            }
            throw new InternalException("A config record cannot hold a component of type " + type);
        }

        private Optional<List<Object>> elements(String path, Type type, Object raw) {
            if (!(raw instanceof List<?> list)) {
                problem(path, "must be a list, was " + Scalars.described(raw));
                return Optional.empty();
            }
            List<Object> elements = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                String at = "%s[%d]".formatted(path, i);
                Object element = list.get(i);
                (element == null ? problem(at, "is empty") : value(at, type, element)).ifPresent(elements::add);
            }
            return elements.size() == list.size() ? Optional.of(elements) : Optional.empty();
        }

        private Optional<Object> entries(String path, Type type, Object raw) {
            if (!(raw instanceof Map<?, ?> map)) {
                return problem(path, "must be a mapping, was " + Scalars.described(raw));
            }
            Map<String, Object> entries = new LinkedHashMap<>();
            map.forEach((name, entry) -> {
                String at = path + "." + name;
                (entry == null ? problem(at, "is empty") : value(at, type, entry))
                        .ifPresent(value -> entries.put(String.valueOf(name), value));
            });
            return entries.size() == map.size() ? Optional.of(Collections.unmodifiableMap(entries)) : Optional.empty();
        }

        private Optional<Object> variant(String path, Class<?> type, Object raw) {
            Map<String, Class<?>> variants = new LinkedHashMap<>();
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                variants.put(snakeCase(permitted.getSimpleName()), permitted);
            }
            String known = "one of " + String.join(", ", variants.keySet());
            Map<?, ?> block = raw instanceof Map<?, ?> map ? map : Map.of("type", raw);
            Object name = block.get("type");
            if (name == null) {
                return problem(path + ".type", "is required: " + known);
            }
            Class<?> chosen = variants.get(name.toString().toLowerCase(Locale.ROOT));
            return chosen == null
                    ? problem(path + ".type", "must be %s, was %s".formatted(known, Scalars.described(name)))
                    : record(path + ".", chosen, block, Set.of("type"));
        }

        /**
         * Calls the canonical constructor, where a record checks its values and tells the first that is wrong. So that all are
         * told, it is called again with that value left out, as it is called with nothing in the place of values that are
         * missing; what it makes then is not used.
         */
        private Optional<Object> make(
                String path,
                Class<?> type,
                RecordComponent[] components,
                Map<String, Optional<Object>> bound,
                boolean complete) {
            Map<String, Optional<Object>> accepted = new LinkedHashMap<>(bound);
            boolean asGiven = complete;
            while (true) {
                try {
                    Object made = constructed(type, components, accepted);
                    return asGiven ? Optional.of(made) : Optional.empty();
                } catch (InvocationTargetException e) {
                    Optional<String> wrong = refused(path, type, accepted, asGiven, e.getCause());
                    if (wrong.isEmpty()) {
                        return Optional.empty();
                    }
                    accepted.put(wrong.get(), Optional.empty());
                    asGiven = false;
                }
            }
        }

        private Object constructed(Class<?> type, RecordComponent[] components, Map<String, Optional<Object>> bound)
                throws InvocationTargetException {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            @Nullable Object[] values = new @Nullable Object[components.length];
            int i = 0;
            for (Optional<Object> value : bound.values()) {
                values[i] = value.isPresent() ? value.get() : absent(components[i]);
                i++;
            }
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return constructor.newInstance(values);
            } catch (InvocationTargetException e) {
                throw e;
            } catch (ReflectiveOperationException e) {
                throw new InternalException("The config record %s cannot be made".formatted(type.getName()), e);
            }
        }

        /** Notes what a record says of its values; the key it names, unless that cannot be left out for another try. */
        private Optional<String> refused(
                String path,
                Class<?> type,
                Map<String, Optional<Object>> accepted,
                boolean asGiven,
                @Nullable Throwable cause) {
            String message = cause instanceof IllegalArgumentException ? String.valueOf(cause.getMessage()) : "";
            String key = message.split(" ", 2)[0];
            if (accepted.getOrDefault(key, Optional.empty()).isPresent()) {
                problem(path + key, message.substring(key.length()).strip());
                return Optional.of(key);
            }
            if (asGiven && cause instanceof IllegalArgumentException) {
                problem(path.isEmpty() ? "" : path.substring(0, path.length() - 1), message);
            } else if (asGiven) {
                throw new InternalException(
                        "The config record %s cannot be made".formatted(type.getName()),
                        cause == null ? new IllegalStateException("no cause") : cause);
            }
            return Optional.empty();
        }

        /** What stands in the place of a value that is wrong or missing. */
        private @Nullable Object absent(RecordComponent component) {
            Default preset = component.getAnnotation(Default.class);
            Optional<Object> value = preset == null
                    ? Optional.empty()
                    : value("", component.getGenericType(), preset(component.getType(), preset.value()));
            return value.isPresent() ? value.get() : nothing(component.getType());
        }

        private static @Nullable Object nothing(Class<?> type) {
            if (type.isPrimitive()) {
                return Array.get(Array.newInstance(type, 1), 0);
            }
            return type == Optional.class ? Optional.empty() : null;
        }
    }
}
