package dev.manciple.repo;

import com.google.protobuf.Message;
import dev.manciple.model.Extras;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureViewSpec;

/** Options of views that mean something to Feast alone, as the registry's codec keeps them. */
final class ViewExtras {
    /** What Feast, and the codec, take the version for where nothing is said. */
    private static final String LATEST = "latest";

    private ViewExtras() {}

    static Extras of(Section view) {
        FeatureViewSpec.Builder options =
                FeatureViewSpec.newBuilder().setEnableValidation(view.flag("enable_validation", false));
        view.text("mode").ifPresent(options::setMode);
        view.text("org").ifPresent(options::setOrg);
        view.text("version").filter(version -> !version.equals(LATEST)).ifPresent(options::setVersion);
        return extras(options.build());
    }

    static Extras ofOnDemand(Section view) {
        OnDemandFeatureViewSpec.Builder options = OnDemandFeatureViewSpec.newBuilder();
        view.text("org").ifPresent(options::setOrg);
        view.text("version").filter(version -> !version.equals(LATEST)).ifPresent(options::setVersion);
        return extras(options.build());
    }

    private static Extras extras(Message options) {
        return options.getSerializedSize() == 0
                ? Extras.NONE
                : new Extras(options.toByteString().asReadOnlyByteBuffer());
    }
}
