CREATE TABLE `discovery_strips` (
	`field_id` tinyint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`position` tinyint NOT NULL,
	`discovery_id` bigint NOT NULL,
	CONSTRAINT `discovery_strips_field_id_kind_position_pk` PRIMARY KEY(`field_id`,`kind`,`position`)
);
