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
 * How on demand views compute. Feast knows neither SQL nor Java here, and refuses a whole registry for one view of a mode it
 * does not know. So these views are registered as Python source that Feast can load: a comment of one line, which says what is
 * computed, and a function that says who computes it. After {@code # manciple:sql} comes the JSON object from feature to
 * expression, after {@code # manciple:java} the name of the function. Anything else, such as a function of Feast's own, stays
 * where it is and is known by its mode and source text only.
 */
final class TransformationCodec {
    private static final String SQL = "# manciple:sql ";
    private static final String JAVA = "# manciple:java ";

    /** The Python function of every view Manciple computes. */
    private static final String FUNCTION = "computed_by_manciple";

    /** Feast's mode where none is said. */
    private static final String PANDAS = "pandas";

    private TransformationCodec() {}

    static Transformation decode(OnDemandFeatureViewSpec spec) {
        UserDefinedFunctionV2 function = spec.getFeatureTransformation().getUserDefinedFunction();
        String text = function.getBodyText();
        if (text.startsWith(SQL)) {
            return new Transformation.Sql(
                    expressions(spec.getName(), firstLine(text).substring(SQL.length())));
        }
        if (text.startsWith(JAVA)) {
            return new Transformation.Java(firstLine(text).substring(JAVA.length()));
        }
        return new Transformation.Foreign(mode(spec, function), text(spec, function));
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /** Writes over {@code out}, which has what is stored and the foreign function of the view if it has one. */
    static void encode(OnDemandFeatureView view, OnDemandFeatureViewSpec stored, OnDemandFeatureViewSpec.Builder out) {
        if (decode(stored).equals(view.transformation()) && stored.hasFeatureTransformation()) {
            return;
        }
        switch (view.transformation()) {
            case Transformation.Sql sql -> set(view, SQL + Json.write(sql.expressions()), out);
            case Transformation.Java java -> set(view, JAVA + java.function(), out);
            case Transformation.Foreign foreign -> {
                if (!decode(out.build()).equals(foreign)) {
                    throw new InvalidRequestException(
                            "On demand feature view '%s' is computed by a function of the mode '%s', which only Feast can register"
                                    .formatted(view.name(), foreign.mode()));
                }
            }
        }
    }

    private static void set(OnDemandFeatureView view, String definition, OnDemandFeatureViewSpec.Builder out) {
        out.clearUserDefinedFunction()
                .clearSingleton()
                .setMode(PANDAS)
                .setFeatureTransformation(FeatureTransformationV2.newBuilder()
                        .setUserDefinedFunction(UserDefinedFunctionV2.newBuilder()
                                .setName(FUNCTION)
                                .setBodyText(python(view, definition))
                                .setMode(PANDAS)));
    }

    /** JSON texts are Python texts too. */
    private static String python(OnDemandFeatureView view, String definition) {
        String refusal = Json.text(
                "On demand feature view '%s' is computed by Manciple: read its features from a Manciple feature server"
                        .formatted(view.name()));
        return """
                %s
                def %s(inputs):
                    raise NotImplementedError(%s)
                """.formatted(definition, FUNCTION, refusal);
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
