package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Extras;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Columns of schemas. What a type number does not say is in two reserved tags, which the model never shows. */
final class FieldCodec {
    private static final String STRUCT_TAG = "feast:struct_schema";
    private static final String NESTED_TAG = "feast:nested_inner_type";

    /** Those that say what a type number does not. */
    static final Set<String> RESERVED_TAGS = Set.of(STRUCT_TAG, NESTED_TAG);

    private FieldCodec() {}

    static List<Field> decode(List<FeatureSpecV2> specs) {
        return specs.stream().map(FieldCodec::decode).toList();
    }

    /** @throws NotModelledException if the column has a type a newer Feast added, or none */
    static Field decode(FeatureSpecV2 spec) {
        return new Field(spec.getName(), type(spec), spec.getDescription(), FeatureColumns.tags(spec), extras(spec));
    }

    /**
     * Columns found among {@code stored} by name keep what the model does not show.
     *
     * @param owner whose they are, named in errors
     * @throws InvalidRequestException if Feast has no value type for one
     */
    static List<FeatureSpecV2> encode(String owner, List<Field> fields, List<FeatureSpecV2> stored) {
        Map<String, FeatureSpecV2> byName = new HashMap<>();
        stored.forEach(spec -> byName.put(spec.getName(), spec));
        return fields.stream()
                .map(field -> encode(owner, field, Optional.ofNullable(byName.get(field.name()))))
                .toList();
    }

    private static FeatureSpecV2 encode(String owner, Field field, Optional<FeatureSpecV2> stored) {
        if (stored.isPresent() && says(stored.get(), field)) {
            return stored.get();
        }
        FeatureSpecV2 existing = stored.orElse(FeatureSpecV2.getDefaultInstance());
        return Unmodelled.base(field.extras(), extras(existing), existing.toBuilder())
                .setName(field.name())
                .setValueTypeValue(number(owner, field))
                .setDescription(field.description())
                .clearTags()
                .putAllTags(tags(field))
                .build();
    }

    private static int number(String owner, Field field) {
        try {
            return TypeNumbers.of(field.type());
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException("Field '%s' of %s: %s".formatted(field.name(), owner, e.getMessage()), e);
        }
    }

    private static boolean says(FeatureSpecV2 spec, Field field) {
        if (TypeNumbers.type(spec.getValueTypeValue()).isEmpty()) {
            return false;
        }
        Field stored = decode(spec);
        return stored.equals(field) || bare(stored).equals(field);
    }

    static Field bare(Field field) {
        return new Field(field.name(), field.type(), field.description(), field.tags(), Extras.NONE);
    }

    private static Extras extras(FeatureSpecV2 spec) {
        return Unmodelled.extras(spec.toBuilder()
                .clearName()
                .clearValueType()
                .clearDescription()
                .clearTags()
                .build());
    }

    /** @throws NotModelledException as {@link #decode(FeatureSpecV2)} */
    static ValueType type(FeatureSpecV2 spec) {
        Map<String, String> tags = spec.getTagsMap();
        ValueType type = TypeNumbers.type(spec.getValueTypeValue())
                .orElseThrow(() -> new NotModelledException(
                        "Field '%s' is of the type %d".formatted(spec.getName(), spec.getValueTypeValue())));
        if (tags.containsKey(NESTED_TAG)) {
            return TypeText.read(tags.getOrDefault(NESTED_TAG, ""));
        }
        if (tags.containsKey(STRUCT_TAG)) {
            ValueType.StructOf struct = TypeText.readStruct(tags.getOrDefault(STRUCT_TAG, ""));
            return type instanceof ValueType.ListOf ? new ValueType.ListOf(struct) : struct;
        }
        return type;
    }

    private static Map<String, String> tags(Field field) {
        Map<String, String> tags = new TreeMap<>(field.tags());
        switch (field.type()) {
            case ValueType.StructOf struct -> tags.put(STRUCT_TAG, TypeText.writeStruct(struct));
            case ValueType.ListOf(ValueType.StructOf struct) -> tags.put(STRUCT_TAG, TypeText.writeStruct(struct));
            case ValueType.ListOf(ValueType.ListOf inner) -> tags.put(NESTED_TAG, TypeText.write(field.type()));
            case ValueType.ListOf(ValueType.SetOf inner) -> tags.put(NESTED_TAG, TypeText.write(field.type()));
            case ValueType.SetOf(ValueType.ListOf inner) -> tags.put(NESTED_TAG, TypeText.write(field.type()));
            case ValueType.SetOf(ValueType.SetOf inner) -> tags.put(NESTED_TAG, TypeText.write(field.type()));
            case ValueType.Scalar plain -> {}
            case ValueType.StringMap plain -> {}
            case ValueType.ScalarMap plain -> {}
            case ValueType.ListOf plain -> {}
            case ValueType.SetOf plain -> {}
        }
        return tags;
    }
}
