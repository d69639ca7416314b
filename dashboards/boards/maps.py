"""The map: a marker for every unit."""

from __future__ import annotations

from grafana_foundation_sdk.builders import common, geomap
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model

from dashboards.boards.pen import HIGH, SOURCE, Pen, query, thresholds
from dashboards.boards.words import Text


def unit_map(
    pen: Pen, title: Text, value: str, latitude: str, longitude: str, *, about: Text = ("", ""), span: int = 12,
    height: int = 14,
) -> geomap.Panel:  # fmt: skip
    """Return a map with a marker for every unit, coloured by its value; a marker a camera would be unusably slow.

    The three queries must aggregate to the same labels. There is no base map on an air-gapped site, unless
    Grafana's own settings name one: the markers stand all the same.
    """
    names = {
        "A": pen.say(("数值", "value")),
        "B": pen.say(("纬度", "latitude")),
        "C": pen.say(("经度", "longitude")),
    }
    layer = (
        common.MapLayerOptions()
        .type("markers")
        .name("units")
        .config(
            {
                "showLegend": True,
                "style": {
                    "color": {"field": names["A"]},
                    "size": {"fixed": 10},
                    "opacity": 0.8,
                    "text": {"field": pen.say(("unit_name", "unit")), "mode": "field"},
                    # Below its marker: on it, no colour could be seen.
                    "textConfig": {"fontSize": 12, "offsetX": 0, "offsetY": 18, "textAlign": "center"},
                },
            }
        )
        .location(
            common.FrameGeometrySource()
            .mode(common_model.FrameGeometrySourceMode.COORDS)
            .latitude(names["B"])
            .longitude(names["C"])
        )
    )
    made = (
        geomap.Panel()
        .title(pen.say(title))
        .description(pen.say(about))
        .datasource(SOURCE)
        .unit("percentunit")
        .thresholds(thresholds(HIGH))
        .layers([layer])
        .view(geomap.MapViewConfig().id("fit").all_layers(True).padding(12).max_zoom(13))
        .controls(geomap.ControlsOptions().show_zoom(True))
        .no_value(pen.say(("无数据", "no data")))
        .span(span)
        .height(height)
    )
    for ref, expression in {"A": value, "B": latitude, "C": longitude}.items():
        made = made.with_target(query(expression, instant=True, ref=ref, as_table=True))
    renamed = {f"Value #{ref}": name for ref, name in names.items()}
    return made.with_transformation(
        model.DataTransformerConfig(id_val="merge", options={})
    ).with_transformation(
        model.DataTransformerConfig(
            id_val="organize",
            options={"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": renamed},
        )
    )
