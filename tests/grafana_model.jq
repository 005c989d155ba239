# What Grafana's documentation says of a dashboard's JSON model; one line for each thing that is
# wrong with it: jq -rf tests/grafana_model.jq dashboards/grafana/overview.json
# https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
def is($type): type == $type;
def wrong($ok; $what): if $ok then empty else $what end;
def check_target($panel):
	wrong(.refId | is("string") and test("^[A-Z]$"); "\($panel): refId"),
	wrong(.expr | is("string") and length > 0; "\($panel): expr"),
	wrong(.datasource == {type: "prometheus", uid: "${datasource}"}; "\($panel): its data source is not the variable");
def check_panel:
	.title as $title |
	wrong(.id | is("number"); "\($title): id"),
	wrong(.type | IN("timeseries", "stat", "heatmap", "table"); "\($title): type \(.type)"),
	wrong(.title | is("string") and length > 0; "a panel without title"),
	wrong(.datasource.uid == "${datasource}"; "\($title): its data source is not the variable"),
	(.gridPos |
		wrong([.x, .y, .w, .h] | all(is("number")); "\($title): gridPos"),
		wrong(.w >= 1 and .x >= 0 and .x + .w <= 24 and .h >= 1; "\($title): outside of the 24 columns")),
	wrong(.fieldConfig.defaults.unit | is("string"); "\($title): unit"),
	wrong(.fieldConfig.overrides | is("array"); "\($title): overrides"),
	wrong(.options | is("object"); "\($title): options"),
	wrong(.targets | length > 0; "\($title): no targets"),
	wrong([.targets[].refId] | length == (unique | length); "\($title): two targets of one refId"),
	(.targets[] | check_target($title));
def overlap($a; $b):
	$a.x < $b.x + $b.w and $b.x < $a.x + $a.w and $a.y < $b.y + $b.h and $b.y < $a.y + $a.h;
wrong(.uid | is("string") and test("^[A-Za-z0-9_-]{1,40}$"); "uid"),
wrong(.title | is("string"); "title"),
wrong(.schemaVersion | is("number") and . >= 36; "schemaVersion"),
wrong(.tags | is("array") and all(is("string")); "tags"),
wrong(.time | has("from") and has("to"); "time"),
wrong(.refresh | is("string"); "refresh"),
wrong(.graphTooltip | IN(0, 1, 2); "graphTooltip"),
wrong(.editable | is("boolean"); "editable"),
wrong(.annotations.list | is("array"); "annotations"),
wrong(has("id") | not; "id: it is the database's own"),
(.templating.list |
	wrong(.[0] | .type == "datasource" and .query == "prometheus" and .name == "datasource"; "the first variable is not the data source"),
	(.[1:][] | wrong(.type == "query" and (.query.query | is("string")) and .datasource.uid == "${datasource}"; "variable \(.name)"))),
wrong([.panels[].id] | length == (unique | length); "two panels of one id"),
(.panels[] | check_panel),
(.panels | to_entries as $p | $p[] as $a | $p[] as $b |
	select($a.key < $b.key and overlap($a.value.gridPos; $b.value.gridPos)) |
	"\($a.value.title) and \($b.value.title) overlap")
