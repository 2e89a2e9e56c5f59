//! Kin as declared by those who might mediate; read by themselves and by the conflict check, and by nobody else.

use crate::db::Tx;
use crate::error::ApiError;
use crate::http::Actor;
use protocol::appointment::KinRelation;
use protocol::directory::{DeclareKin, Kin};
use protocol::text::Name;
use protocol::{PersonId, Phone};
use sqlx::PgConnection;

const MOST: usize = 60;

pub async fn declare(
    tx: &mut Tx,
    actor: &Actor,
    declared: DeclareKin,
) -> Result<DeclareKin, ApiError> {
    if declared.kin.len() > MOST {
        return Err(ApiError::invalid("kin", "name at most 60 people"));
    }
    sqlx::query!("delete from kin where person_id = $1", actor.person as PersonId)
        .execute(&mut **tx)
        .await?;
    for kin in &declared.kin {
        let (now, id) = (tx.now, person(tx, kin).await?);
        if id == actor.person {
            return Err(ApiError::invalid("kin", "nobody is their own kin"));
        }
        sqlx::query!(
            "insert into kin (person_id, kin_id, relation, declared_at) values ($1, $2, $3, $4)
             on conflict (person_id, kin_id) do update set relation = $3",
            actor.person as PersonId,
            id as PersonId,
            kin.relation.as_str(),
            now,
        )
        .execute(&mut **tx)
        .await?;
    }
    declared_by(tx, actor.person).await
}

/// Whoever is known here with this number and name, or somebody new. The conflict check compares numbers too:
/// whoever files a dispute may write the name another way.
async fn person(tx: &mut Tx, kin: &Kin) -> Result<PersonId, ApiError> {
    let known = sqlx::query_scalar!(
        r#"select p.id as "id: PersonId" from people p left join accounts a on a.person_id = p.id
           where p.phone = $1 and (p.name = $2 or a.phone = $1)
           order by a.id nulls last, p.created_at, p.id limit 1"#,
        kin.phone.as_str(),
        kin.name.as_str(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let (now, id) = (tx.now, PersonId(tx.ids.next()));
    sqlx::query!(
        "insert into people (id, name, phone, created_at) values ($1, $2, $3, $4)",
        id as PersonId,
        kin.name.as_str(),
        kin.phone.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

pub async fn declared_by(db: &mut PgConnection, person: PersonId) -> Result<DeclareKin, ApiError> {
    let rows = sqlx::query!(
        r#"select p.name as "name: Name", p.phone as "phone!: Phone", k.relation as "relation: KinRelation"
           from kin k join people p on p.id = k.kin_id
           where k.person_id = $1 and p.phone is not null order by p.name, p.id"#,
        person as PersonId,
    )
    .fetch_all(db)
    .await?;
    let kin = rows.into_iter().map(|row| Kin {
        name: row.name,
        phone: row.phone,
        relation: row.relation,
    });
    Ok(DeclareKin { kin: kin.collect() })
}
