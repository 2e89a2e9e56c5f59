//! Doors: keeping the directory.

use crate::app::App;
use crate::directory::{admin, routes};
use crate::error::ApiError;
use crate::http::{Actor, IdempotencyKey, Json, Path, RequiredKey, Written, write};
use axum::extract::State;
use protocol::directory::{
    AppointMediator, AreaCode, CommitteeView, CommunityCode, CommunityView, DistrictView, FirmView,
    KeepCommunity, KeepDistrict, Mediators, NewCommittee, NewFirm, NewStation, NewWorkroom,
    StationView, WorkroomView,
};
use protocol::{AccountId, CommitteeId, WorkroomId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(keep_district))
        .routes(routes!(create_station))
        .routes(routes!(keep_community))
        .routes(routes!(routes::committees, create_committee))
        .routes(routes!(routes::firms, create_firm))
        .routes(routes!(appoint))
        .routes(routes!(end_appointment))
        .routes(routes!(routes::workrooms, create_workroom))
        .routes(routes!(change_workroom))
}

/// Keep a district and its city.
#[utoipa::path(
    put, path = "/directory/districts/{district}", operation_id = "directory_keep_district", tag = "directory",
    params(("district" = AreaCode, Path, description = "The district's code, six digits.")),
    request_body(content = KeepDistrict, example = json!({
        "name": "海曙区", "city_code": "330200", "city_name": "宁波市"
    })),
    responses((status = 200, body = DistrictView))
)]
async fn keep_district(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(code): Path<AreaCode>,
    Json { value, hash }: Json<KeepDistrict>,
) -> Result<Written<DistrictView>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, _| {
        Box::pin(admin::keep_district(tx, code, value))
    })
    .await
}

/// Add a station.
#[utoipa::path(
    post, path = "/directory/stations", operation_id = "directory_create_station", tag = "directory",
    params(RequiredKey),
    request_body(content = NewStation, example = json!({
        "name": "鼓楼派出所", "district_code": "330203", "phone": "0574-00000003"
    })),
    responses((status = 201, body = StationView))
)]
async fn create_station(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Json { value, hash }: Json<NewStation>,
) -> Result<Written<StationView>, ApiError> {
    app.write(write::Request::create(actor, key, hash), move |tx, _| {
        Box::pin(async move { admin::create_station(tx, &value).await })
    })
    .await
}

/// Keep a community and say which station is in charge of it.
#[utoipa::path(
    put, path = "/directory/communities/{community}", operation_id = "directory_keep_community", tag = "directory",
    params(("community" = CommunityCode, Path, description = "The community's code, twelve digits.")),
    request_body(content = KeepCommunity, example = json!({
        "name": "古城社区", "station": "stn_0123456789ab4cde8f0123456789abcd"
    })),
    responses((status = 200, body = CommunityView))
)]
async fn keep_community(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(code): Path<CommunityCode>,
    Json { value, hash }: Json<KeepCommunity>,
) -> Result<Written<CommunityView>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, _| {
        Box::pin(async move { admin::keep_community(tx, &code, &value).await })
    })
    .await
}

/// Add a people's mediation committee.
#[utoipa::path(
    post, path = "/directory/committees", operation_id = "directory_create_committee", tag = "directory",
    params(RequiredKey),
    request_body(content = NewCommittee, example = json!({
        "name": "鼓楼人民调解委员会", "seal_name": "鼓楼人民调解委员会", "district_code": "330203"
    })),
    responses((status = 201, body = CommitteeView))
)]
async fn create_committee(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Json { value, hash }: Json<NewCommittee>,
) -> Result<Written<CommitteeView>, ApiError> {
    app.write(write::Request::create(actor, key, hash), move |tx, _| {
        Box::pin(async move { admin::create_committee(tx, &value).await })
    })
    .await
}

/// Add a law firm.
#[utoipa::path(
    post, path = "/directory/firms", operation_id = "directory_create_firm", tag = "directory",
    params(RequiredKey),
    request_body(content = NewFirm, example = json!({"name": "三江律师事务所"})),
    responses((status = 201, body = FirmView))
)]
async fn create_firm(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Json { value, hash }: Json<NewFirm>,
) -> Result<Written<FirmView>, ApiError> {
    app.write(write::Request::create(actor, key, hash), move |tx, _| {
        Box::pin(admin::create_firm(tx, value))
    })
    .await
}

/// Appoint a people's mediator for one term (人民调解法 Art 13–14).
///
/// For the director of the committee.
#[utoipa::path(
    post, path = "/directory/committees/{com}/mediators", operation_id = "directory_appoint", tag = "directory",
    params(("com" = CommitteeId, Path), RequiredKey),
    request_body(content = AppointMediator, example = json!({
        "account": "acc_0123456789ab4cde8f0123456789abcd", "appointed_on": "2028-01-01"
    })),
    responses(
        (status = 201, body = Mediators),
        (status = 409, description = "Appointed for that time already."),
    )
)]
async fn appoint(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Path(committee): Path<CommitteeId>,
    Json { value, hash }: Json<AppointMediator>,
) -> Result<Written<Mediators>, ApiError> {
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(async move { admin::appoint(tx, actor, committee, &value).await })
    })
    .await
}

/// End a mediator's appointment today.
///
/// For the director of the committee.
#[utoipa::path(
    post, path = "/directory/committees/{com}/mediators/{mediator}/end",
    operation_id = "directory_end_appointment", tag = "directory",
    params(("com" = CommitteeId, Path), ("mediator" = AccountId, Path)),
    responses((status = 200, body = Mediators))
)]
async fn end_appointment(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((committee, mediator)): Path<(CommitteeId, AccountId)>,
) -> Result<Written<Mediators>, ApiError> {
    let hash = write::bare(format_args!("{committee}/{mediator}"));
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(admin::end_appointment(tx, actor, committee, mediator))
    })
    .await
}

/// Open a workroom (工作室) of your committee.
#[utoipa::path(
    post, path = "/directory/workrooms", operation_id = "directory_create_workroom", tag = "directory",
    params(RequiredKey),
    request_body(content = NewWorkroom, example = json!({
        "name": "阿拉娘舅工作室", "about": "邻里纠纷,随叫随到。", "specialities": ["邻里"], "members": []
    })),
    responses((status = 201, body = WorkroomView))
)]
async fn create_workroom(
    State(app): State<App>,
    actor: Actor,
    key: RequiredKey,
    Json { value, hash }: Json<NewWorkroom>,
) -> Result<Written<WorkroomView>, ApiError> {
    app.write(write::Request::create(actor, key, hash), move |tx, actor| {
        Box::pin(async move { admin::keep_workroom(tx, actor, None, &value).await })
    })
    .await
}

/// Change a workroom of your committee; what is sent replaces what was.
#[utoipa::path(
    put, path = "/directory/workrooms/{wrk}", operation_id = "directory_change_workroom", tag = "directory",
    params(("wrk" = WorkroomId, Path)),
    request_body(content = NewWorkroom, example = json!({
        "name": "阿拉娘舅工作室", "about": "邻里和物业纠纷。", "specialities": ["邻里", "物业"], "members": []
    })),
    responses((status = 200, body = WorkroomView))
)]
async fn change_workroom(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<WorkroomId>,
    Json { value, hash }: Json<NewWorkroom>,
) -> Result<Written<WorkroomView>, ApiError> {
    app.write(write::Request::command(actor, key, hash), move |tx, actor| {
        Box::pin(async move { admin::keep_workroom(tx, actor, Some(id), &value).await })
    })
    .await
}
