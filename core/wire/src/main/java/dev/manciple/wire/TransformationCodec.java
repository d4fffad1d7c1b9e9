package dev.manciple.wire;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Transformation;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureViewSpec;
import dev.manciple.wire.proto.TransformationProto.FeatureTransformationV2;
import dev.manciple.wire.proto.TransformationProto.UserDefinedFunctionV2;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How on demand views compute. SQL and Java are functions of a mode of their own, which Feast lists and leaves alone: the
 * text of SQL is the JSON object from feature to expression, that of Java the name of the function. Anything else, such as a
 * pickled Python function, stays where it is and is known by its mode and source text only.
 */
final class TransformationCodec {
    private static final String SQL = "sql";
    private static final String JAVA = "java";
    /** Feast's mode where none is said. */
    private static final String PANDAS = "pandas";

    private TransformationCodec() {}

    static Transformation decode(OnDemandFeatureViewSpec spec) {
        UserDefinedFunctionV2 function = spec.getFeatureTransformation().getUserDefinedFunction();
        return switch (function.getMode()) {
            case SQL -> new Transformation.Sql(expressions(spec.getName(), function.getBodyText()));
            case JAVA -> new Transformation.Java(function.getBodyText());
            default -> new Transformation.Foreign(mode(spec, function), text(spec, function));
        };
    }

    /** Writes over {@code out}, which has what is stored and the foreign function of the view if it has one. */
    static void encode(OnDemandFeatureView view, OnDemandFeatureViewSpec stored, OnDemandFeatureViewSpec.Builder out) {
        if (decode(stored).equals(view.transformation()) && stored.hasFeatureTransformation()) {
            return;
        }
        switch (view.transformation()) {
            case Transformation.Sql sql -> set(view, SQL, Json.write(sql.expressions()), out);
            case Transformation.Java java -> set(view, JAVA, java.function(), out);
            case Transformation.Foreign foreign -> {
                if (!decode(out.build()).equals(foreign)) {
                    throw new InvalidRequestException(
                            "On demand feature view '%s' is computed by a function of the mode '%s', which only Feast can register"
                                    .formatted(view.name(), foreign.mode()));
                }
            }
        }
    }

    private static void set(OnDemandFeatureView view, String mode, String text, OnDemandFeatureViewSpec.Builder out) {
        out.clearUserDefinedFunction()
                .clearSingleton()
                .setMode(mode)
                .setFeatureTransformation(FeatureTransformationV2.newBuilder()
                        .setUserDefinedFunction(UserDefinedFunctionV2.newBuilder()
                                .setName(view.name())
                                .setBodyText(text)
                                .setMode(mode)));
    }

    private static Map<String, String> expressions(String view, String json) {
        Map<String, String> expressions = new LinkedHashMap<>();
        try {
            JsonObject parsed = JsonParser.parseString(json).getAsJsonObject();
            for (Map.Entry<String, JsonElement> entry : parsed.entrySet()) {
                expressions.put(entry.getKey(), entry.getValue().getAsString());
            }
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            throw new NotModelledException(
                    "The SQL of on demand feature view '%s' is no JSON object of texts".formatted(view));
        }
        return expressions;
    }

    private static String mode(OnDemandFeatureViewSpec spec, UserDefinedFunctionV2 function) {
        if (spec.getFeatureTransformation().hasSubstraitTransformation()) {
            return "substrait";
        }
        String mode = spec.getMode().isEmpty() ? function.getMode() : spec.getMode();
        return mode.isEmpty() ? PANDAS : mode;
    }

    private static String text(OnDemandFeatureViewSpec spec, UserDefinedFunctionV2 function) {
        return function.getBodyText().isEmpty() ? spec.getUserDefinedFunction().getBodyText() : function.getBodyText();
    }
}
