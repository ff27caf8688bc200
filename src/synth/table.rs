//! The tables that are written, with the columns of the data model.

use crate::terms::Table;

impl Table {
    /// The header row.
    pub fn header(self) -> &'static str {
        match self {
            Self::Members => {
                "member_id,birth_year,birth_month,sex,gender,race_eth,language,interpreter,county,region,rural,\
                 smi_sed,eligibility_cat,foster_care,dual,death_date,lead_clinician_id,attributed_agency,veteran"
            }
            Self::Enrolment => "member_id,start,end,bho_id,plan,eligibility_cat,hospice",
            Self::Contacts => {
                "contact_id,member_id,contact_date,contact_end_date,start_ts,minutes,status,service_code,\
                 service_class,modifiers,place_of_service,modality,agency_id,clinician_id,team_id,clinician_type,\
                 dx1,dx2,dx3,dx4,dx5,participants,level,outreach_result,no_show_reason,units,paid_amount,paid_date,\
                 ed_flag,ed_admitted"
            }
            Self::Stays => {
                "stay_id,member_id,admit,discharge,level,facility_class,facility_id,agency_id,dx1,dx2,dx3,dx4,dx5,\
                 admit_legal,discharge_disposition,planned,ready_date,leave_days,admit_ts,discharge_ts,end_reason,\
                 derived"
            }
            Self::Outcomes => {
                "outcome_id,member_id,date,record_type,instrument,version,rater,score,subscale,item_count_valid,\
                 recommended_level,override_reason,screen_result,episode_id,agency_id,reason,living,employment,\
                 school,arrests_30d,selfhelp_freq,substance_use_days,legal_status,need_treatment,sectors_needed"
            }
            Self::Referrals => {
                "referral_id,member_id,date,from_agency,to_agency,to_sector,warm,urgency,status,decline_reason,\
                 first_attended_date,report_back_date,request_received_date,first_offered_date"
            }
            Self::CarePlans => {
                "plan_id,member_id,created,reviewed,ended,lead_id,agencies,member_signed,family_involved,\
                 services_planned,goals_open,goals_attained,goals_closed,end_reason"
            }
            Self::Events => "event_id,member_id,start,end,type,start_ts,end_ts,stay_id,cause",
            Self::Living => "member_id,start,end,setting,restrict_rank,weight",
            Self::Cost => {
                "member_id,month,claim_id,service_date,paid_date,level,amount_paid,amount_allowed,std_price,capitated"
            }
            Self::Pharmacy => "member_id,fill_date,drug_class,days_supply",
            Self::CommunityActivities => "date,agency_id,type,participants,hours,level",
        }
    }

    /// The place of the table in [`Table::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }
}
