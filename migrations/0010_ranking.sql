CREATE TABLE `activity_days` (
	`user_id` bigint NOT NULL,
	`day` date NOT NULL,
	`posts` int NOT NULL,
	`likes` int NOT NULL,
	`comments` int NOT NULL,
	`bookmarks` int NOT NULL,
	`views` int NOT NULL,
	CONSTRAINT `activity_days_user_id_day_pk` PRIMARY KEY(`user_id`,`day`)
);
--> statement-breakpoint
CREATE TABLE `activity_marks` (
	`user_id` bigint NOT NULL,
	`day` date NOT NULL,
	CONSTRAINT `activity_marks_user_id_day_pk` PRIMARY KEY(`user_id`,`day`)
);
--> statement-breakpoint
CREATE TABLE `rank_daily` (
	`day` date NOT NULL,
	`user_id` bigint NOT NULL,
	`score` int NOT NULL,
	`nation_rank` int NOT NULL,
	`school_id` int NOT NULL,
	`school_rank` int NOT NULL,
	`field_id` tinyint NOT NULL,
	`field_rank` int NOT NULL,
	`group_rank` int NOT NULL,
	CONSTRAINT `rank_daily_day_user_id_pk` PRIMARY KEY(`day`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `rank_daily_days` (
	`day` date NOT NULL,
	`generation` int NOT NULL,
	`people` int NOT NULL,
	`finished_at` datetime(3) NOT NULL,
	CONSTRAINT `rank_daily_days_day` PRIMARY KEY(`day`)
);
--> statement-breakpoint
CREATE TABLE `rank_notices` (
	`user_id` bigint NOT NULL,
	`day` date NOT NULL,
	CONSTRAINT `rank_notices_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `ranking_chunks` (
	`generation` int NOT NULL,
	`phase` varchar(10) NOT NULL,
	`number` int NOT NULL,
	`part` int NOT NULL,
	`scope` json NOT NULL,
	`attempts` int NOT NULL DEFAULT 0,
	`rows_written` int,
	`people` int,
	`points` bigint,
	`milliseconds` int,
	`finished_at` datetime(3),
	CONSTRAINT `ranking_chunks_generation_phase_number_pk` PRIMARY KEY(`generation`,`phase`,`number`)
);
--> statement-breakpoint
CREATE TABLE `ranking_highlights` (
	`school_id` int NOT NULL,
	`generation` int NOT NULL,
	`field_id` tinyint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`place` int NOT NULL,
	`item_id` bigint NOT NULL,
	`points` int NOT NULL,
	CONSTRAINT `ranking_highlights_school_id_generation_field_id_kind_place_pk` PRIMARY KEY(`school_id`,`generation`,`field_id`,`kind`,`place`)
);
--> statement-breakpoint
CREATE TABLE `ranking_levels` (
	`school_id` int NOT NULL,
	`generation` int NOT NULL,
	`field_id` tinyint NOT NULL,
	`score` int NOT NULL,
	`people` int NOT NULL,
	`above` int NOT NULL,
	CONSTRAINT `ranking_levels_school_id_generation_field_id_score_pk` PRIMARY KEY(`school_id`,`generation`,`field_id`,`score`)
);
--> statement-breakpoint
CREATE TABLE `ranking_pointer` (
	`id` tinyint NOT NULL,
	`generation` int NOT NULL,
	`previous_generation` int NOT NULL,
	CONSTRAINT `ranking_pointer_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `ranking_runs` (
	`generation` int AUTO_INCREMENT NOT NULL,
	`due_at` datetime(3) NOT NULL,
	`day` date NOT NULL,
	`previous_day` date,
	`week_ago_day` date,
	`state` varchar(10) NOT NULL,
	`base_generation` int NOT NULL,
	`kept_generation` int NOT NULL,
	`started_by` varchar(10) NOT NULL,
	`weights` json NOT NULL,
	`started_at` datetime(3) NOT NULL,
	`switched_at` datetime(3),
	`finished_at` datetime(3),
	`people` int,
	`points` bigint,
	`error` varchar(200),
	CONSTRAINT `ranking_runs_generation` PRIMARY KEY(`generation`),
	CONSTRAINT `ranking_runs_due` UNIQUE(`due_at`)
);
--> statement-breakpoint
CREATE TABLE `ranking_scopes` (
	`school_id` int NOT NULL,
	`generation` int NOT NULL,
	`field_id` tinyint NOT NULL,
	`people` int NOT NULL,
	`points` bigint NOT NULL,
	CONSTRAINT `ranking_scopes_school_id_generation_field_id_pk` PRIMARY KEY(`school_id`,`generation`,`field_id`)
);
--> statement-breakpoint
CREATE TABLE `ranking_scores` (
	`user_id` bigint NOT NULL,
	`since_generation` int NOT NULL,
	`until_generation` int NOT NULL,
	`school_id` int NOT NULL,
	`field_id` tinyint NOT NULL,
	`score` int NOT NULL,
	`posts` int NOT NULL,
	`likes` int NOT NULL,
	`comments` int NOT NULL,
	`bookmarks` int NOT NULL,
	`views` int NOT NULL,
	CONSTRAINT `ranking_scores_user_id_since_generation_pk` PRIMARY KEY(`user_id`,`since_generation`)
);
--> statement-breakpoint
CREATE TABLE `ranking_weights` (
	`kind` varchar(10) NOT NULL,
	`points` int NOT NULL,
	`per` int NOT NULL,
	`daily_cap` int NOT NULL,
	CONSTRAINT `ranking_weights_kind` PRIMARY KEY(`kind`)
);
--> statement-breakpoint
CREATE INDEX `activity_days_day` ON `activity_days` (`day`);--> statement-breakpoint
CREATE INDEX `ranking_runs_switched` ON `ranking_runs` (`switched_at`);--> statement-breakpoint
CREATE INDEX `ranking_scores_nation` ON `ranking_scores` (`score`,`user_id`);--> statement-breakpoint
CREATE INDEX `ranking_scores_school` ON `ranking_scores` (`school_id`,`score`,`user_id`);--> statement-breakpoint
CREATE INDEX `ranking_scores_field` ON `ranking_scores` (`field_id`,`score`,`user_id`);--> statement-breakpoint
CREATE INDEX `ranking_scores_group` ON `ranking_scores` (`school_id`,`field_id`,`score`,`user_id`,`until_generation`);